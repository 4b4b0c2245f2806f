using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

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
        builder.Quieten();
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

/// <summary>
/// What VirtualServices declare, as kube-state-metrics tells it in a cluster by observability/kube-state-metrics/virtualservices.yaml:
/// a test reads that file as kube-state-metrics does, and holds the two against each other.
/// </summary>
internal static class DeclaredRouteMetrics
{
    /// <summary>Writes the metrics of every VirtualService in Prometheus' text format.</summary>
    public static void Write(IEnumerable<Manifest> manifests, TextWriter writer)
    {
        var routes = manifests.Where(manifest => manifest.Kind == "VirtualService").Select(manifest => new Routes(manifest)).ToList();
        Write(writer, "route_weight", routes.SelectMany(route => route.Weights));
        Write(writer, "mirror_percentage", routes.SelectMany(route => route.Mirror));
        Write(writer, "stable_info", routes.SelectMany(route => route.At(0)));
        Write(writer, "canary_info", routes.SelectMany(route => route.At(1)));
    }

    private static void Write(TextWriter writer, string name, IEnumerable<(string Labels, double Value)> samples)
    {
        writer.Write($"# TYPE kube_virtualservice_{name} gauge\n");
        foreach (var (labels, value) in samples)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"kube_virtualservice_{name}{{{labels}}} {value}\n"));
        }
    }

    /// <summary>The routes of one VirtualService that have a meaning for a rollout, by their names.</summary>
    private sealed class Routes(Manifest service)
    {
        private IEnumerable<JsonObject> Split => Named("split").Objects("route");

        public IEnumerable<(string, double)> Weights =>
            from destination in Split
            let weight = destination.Real("weight")
            where weight is not null
            select (Labels(Version(destination)), weight.Value);

        public IEnumerable<(string, double)> Mirror =>
            Named("split-idempotent") is { } route && route.Real("mirrorPercentage.value") is { } percent
                ? [(Labels(route.Text("mirror.subset")), percent)]
                : [];

        public IEnumerable<(string, double)> At(int place) =>
            Split.Skip(place).Take(1).Select(destination => (Labels(Version(destination)), 1.0));

        private static string? Version(JsonObject destination) => destination.Text("destination.subset");

        private JsonNode? Named(string name) =>
            service.Body.Items("spec.http").FirstOrDefault(route => route.Text("name") == name);

        // Names of Kubernetes have nothing in them that a label would escape.
        private string Labels(string? version) =>
            $"destination_service_namespace=\"{service.Namespace}\",destination_service_name=\"{service.Name}\"," +
            $"destination_version=\"{version}\"";
    }
}
