using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>
/// The mesh with observability on, every request traced and logged; the tools themselves are not there, but for a collector in
/// Jaeger's place.
/// </summary>
public sealed class TracedMesh(Mesh mesh) : IAsyncLifetime
{
    private const string Tracer = "envoy.tracers.opentelemetry";

    private static readonly string[] Settings = ["observability=true", "traceSamplingPercent=100", "accessLogs=true"];

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        try
        {
            await Collector.InstallAsync((await Rendering.OfAsync(Settings)).Single("Namespace", Collector.Namespace));
            await mesh.ToAsync(Settings);
            await InEffectAsync();
        }
        catch
        {
            await mesh.ToAsync();
            throw;
        }
    }

    /// <summary>With the namespace, which is declared no longer, the collector goes.</summary>
    public Task DisposeAsync() => ClusterSettings.SkipReason is null ? mesh.ToAsync() : Task.CompletedTask;

    // Step by step from the setting to the span, so that a failure says which step was not made.
    private async Task InEffectAsync()
    {
        await Eventually.TrueAsync("Istio's mesh configuration has a provider of traces", async () =>
        {
            var configuration = await Kubectl.GetAsync("--namespace", "istio-system", "configmap", "istio");
            return DeclaredObject.ToJson((string)configuration["data"]!["mesh"]!)["extensionProviders"]?.AsArray()
                .Any(provider => (string?)provider!["opentelemetry"]?["service"] == Collector.Host) == true;
        });
        var pods = (await Pods.OfAsync("istio-system", "istio=ingressgateway")).Concat(await Pods.OfAsync(mesh.Namespace, "app")).ToList();
        foreach (var pod in pods)
        {
            await Eventually.TrueAsync($"the listeners of {pod.Name} name the tracer", async () =>
                (await pod.EnvoyAsync("config_dump?resource=dynamic_listeners")).ToJsonString().Contains(Tracer, StringComparison.Ordinal));
            await Eventually.TrueAsync($"{pod.Name} has a healthy host of {Collector.Cluster}", () => HasCollectorAsync(pod));
        }

        Report.Line($"tracing: {pods.Count} proxies name the tracer and reach the collector");
    }

    private static async Task<bool> HasCollectorAsync(Pod pod) =>
        (await pod.EnvoyAsync("clusters?format=json"))["cluster_statuses"]!.AsArray()
            .Where(cluster => (string?)cluster!["name"] == Collector.Cluster)
            .SelectMany(cluster => cluster!["host_statuses"]?.AsArray() ?? [])
            .Any(host => (string?)host!["health_status"]?["eds_health_status"] == "HEALTHY");
}

/// <summary>Asks the gateway as a caller that knows nothing of traces.</summary>
internal sealed class TracedCaller(Uri gateway) : IDisposable
{
    // Without a propagator no header of a trace is sent, whatever this process itself records.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });

    private int _asked;

    /// <summary>Asks once.</summary>
    /// <param name="name">What the caller calls itself, by which its request is found again.</param>
    /// <param name="traceparent">The trace to which the caller says that its request belongs (W3C Trace Context); null for none.</param>
    public async Task<Answer> AskAsync(string name, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway);
        request.Headers.TryAddWithoutValidation("User-Agent", name);
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        var sent = Stopwatch.GetTimestamp();
        using var response = await _client.SendAsync(request);
        var text = (await response.Content.ReadAsStringAsync()).TrimEnd();
        var answer = new Answer(_asked++, sent, Stopwatch.GetElapsedTime(sent), (int)response.StatusCode, text);
        Assert.True(answer.IsGood, $"{answer}");
        return answer;
    }

    public void Dispose() => _client.Dispose();
}
