using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Gopherctl.Rehearse.Metrics;

/// <summary>Serves metrics to a Prometheus on this machine: GET /metrics on a free port of loopback.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    // The text format's own, https://prometheus.io/docs/instrumenting/exposition_formats/.
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly WebApplication _app;

    private MetricsServer(WebApplication app) => _app = app;

    /// <summary>The address to scrape.</summary>
    public Uri Address => new(new Uri(_app.Urls.Single()), "/metrics");

    /// <summary>Begins to serve what <paramref name="write"/> writes at each scrape.</summary>
    public static async Task<MetricsServer> StartAsync(Action<TextWriter> write, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, write));
        await app.StartAsync(cancellation);
        return new MetricsServer(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, Action<TextWriter> write)
    {
        if (context.Request.Path != "/metrics" || !HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var text = new StringWriter();
        write(text);
        context.Response.ContentType = ContentType;
        await context.Response.WriteAsync(text.ToString(), Encoding.UTF8, context.RequestAborted);
    }
}
