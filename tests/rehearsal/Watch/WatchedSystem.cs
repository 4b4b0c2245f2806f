using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>Something to watch: a server on loopback that answers as it is told.</summary>
internal sealed class WatchedSystem : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WatchedSystem(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single();

    public static async Task<WatchedSystem> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(answer);
        await app.StartAsync();
        return new WatchedSystem(app);
    }

    /// <summary>Answers the article's lines, version by version in turn.</summary>
    public static Task<WatchedSystem> OfVersionsAsync(params int[] versions)
    {
        var next = -1;
        return StartAsync(context =>
        {
            var version = versions[Interlocked.Increment(ref next) % versions.Length];
            return context.Response.WriteAsync($"Request >> Gopher Version {version} from pod gopher-distributor-v{version}-abc\n");
        });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
