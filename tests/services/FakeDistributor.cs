using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace GopherMesh.Tests.Services;

/// <summary>A request as it reached the fake distributor.</summary>
internal sealed record SeenRequest(string Method, string RawTarget, IReadOnlyDictionary<string, string> Headers);

/// <summary>Replaces the distributor: gives the answer that a test sets, and keeps the requests.</summary>
internal sealed class FakeDistributor : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SeenRequest> _seen = [];

    private FakeDistributor(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public IReadOnlyCollection<SeenRequest> Seen => _seen;

    public static Task<FakeDistributor> AnsweringAsync(int status, string body) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(body);
    });

    public static async Task<FakeDistributor> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        var fake = new FakeDistributor(builder.Build());
        fake._app.Run(context =>
        {
            fake.Keep(context);
            return answer(context);
        });
        await fake._app.StartAsync();
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Keep(HttpContext context) => _seen.Enqueue(new SeenRequest(
        context.Request.Method,
        context.Features.Get<IHttpRequestFeature>()!.RawTarget,
        context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
}

/// <summary>Reads something from every connection, writes fixed bytes and closes it.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    public RawServer(string answer)
    {
        _answer = Encoding.ASCII.GetBytes(answer);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(_answer);
            }
        }
        catch (SocketException)
        {
            // Disposed: the test is over.
        }
    }
}
