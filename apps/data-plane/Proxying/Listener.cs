using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using GopherMesh.DataPlane.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>
/// A port of loopback on which a proxy listens. Kestrel runs without a host: a proxy needs no middleware, and a host would handle Ctrl-C
/// itself.
/// </summary>
internal sealed class Listener : IAsyncDisposable
{
    /// <summary>How every connection of HTTP/2 begins (RFC 9113, section 3.4).</summary>
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n"u8.ToArray();

    private readonly KestrelServer _server;

    private Listener(KestrelServer server) => _server = server;

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public Uri Address => new(_server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <param name="serve">Answers a request.</param>
    /// <param name="serverName">The proxy's name in the answers with which it refuses a request.</param>
    /// <param name="cancellation">Cancels the start.</param>
    public static async Task<Listener> StartAsync(Func<HttpContext, Task> serve, string serverName, CancellationToken cancellation)
    {
        var options = new KestrelServerOptions
        {
            AddServerHeader = false,
            AllowAlternateSchemes = true,
            RequestHeaderEncodingSelector = _ => Encoding.Latin1,
            ResponseHeaderEncodingSelector = _ => Encoding.Latin1,
        };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestHeaderCount = MessageHead.MostFields;
        options.Limits.MaxRequestHeadersTotalSize = MessageHead.MostRequestBytes;
        options.Limits.Http2.MaxRequestHeaderFieldSize = MessageHead.MostRequestBytes;
        var http1 = new Http1Server(serve, serverName);
        options.Listen(IPAddress.Loopback, 0, listen =>
        {
            // Kestrel would take HTTP/1 on a port without TLS only where it is the only protocol; Envoy looks at the first bytes.
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection => await (await IsHttp2Async(connection) ? next(connection) : http1.ServeAsync(connection)));
        });
        var transport = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        var server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        await server.StartAsync(new Application(serve), cancellation);
        return new(server);
    }

    /// <summary>Stops listening, and lets requests under way end within five seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _server.StopAsync(patience.Token);
        _server.Dispose();
    }

    private static async Task<bool> IsHttp2Async(ConnectionContext connection)
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await connection.Transport.Input.ReadAsync();
            }
            catch (IOException)
            {
                return false;
            }

            var begin = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, Preface.Length)).ToArray();
            var isPreface = Preface.AsSpan().StartsWith(begin);
            var isDecided = !isPreface || begin.Length == Preface.Length || read.IsCompleted;
            connection.Transport.Input.AdvanceTo(read.Buffer.Start, isDecided ? read.Buffer.Start : read.Buffer.End);
            if (isDecided)
            {
                return isPreface && begin.Length == Preface.Length;
            }
        }
    }

    /// <summary>Gives every request its context; a connection's next request uses the same one again.</summary>
    private sealed class Application(Func<HttpContext, Task> serve) : IHttpApplication<DefaultHttpContext>
    {
        public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
        {
            if (contextFeatures is not IHostContextContainer<DefaultHttpContext> container)
            {
                return new(contextFeatures);
            }

            if (container.HostContext is { } known)
            {
                known.Initialize(contextFeatures);
                return known;
            }

            return container.HostContext = new(contextFeatures);
        }

        public Task ProcessRequestAsync(DefaultHttpContext context)
        {
            if (Http2Rules.IsRequest(context))
            {
                return serve(context);
            }

            context.Abort();
            return Task.CompletedTask;
        }

        public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
    }
}
