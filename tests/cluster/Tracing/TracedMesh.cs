using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;
using GopherMesh.Tests.Instruments;

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

/// <summary>In the place where the stack would install Jaeger: a pod that keeps the spans and tells them.</summary>
internal static class Collector
{
    /// <summary>The namespace of the observability tools.</summary>
    public const string Namespace = "observability";

    /// <summary>Name of Jaeger's Service.</summary>
    public const string Service = "jaeger";

    /// <summary>Where it is found.</summary>
    public const string Host = $"{Service}.{Namespace}.svc.cluster.local";

    /// <summary>What Envoy calls it.</summary>
    public const string Cluster = $"outbound|4317||{Host}";

    private const int HttpPort = 8080;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Installs it, in the declared namespace, and waits until it takes spans.</summary>
    public static async Task InstallAsync(DeclaredObject home)
    {
        await Kubectl.ApplyAsync(home.Text);
        await Kubectl.ApplyAsync([JaegersService(), Deployment()]);
        await Kubectl.RolledOutAsync(Namespace, Service);
    }

    /// <summary>All spans that arrived.</summary>
    public static async Task<IReadOnlyList<Span>> SpansAsync()
    {
        var pod = (await Pods.OfAsync(Namespace, $"app={Service}")).Single();
        return JsonSerializer.Deserialize<List<Span>>(
            await Kubectl.RawAsync($"/api/v1/namespaces/{Namespace}/pods/{pod.Name}:{HttpPort}/proxy/spans"), Json)!;
    }

    // As Jaeger's chart has it: the port's name says nothing to Istio, its appProtocol says gRPC.
    private static JsonObject JaegersService() => DeclaredObject.ToJson($$"""
        apiVersion: v1
        kind: Service
        metadata: { name: {{Service}}, namespace: {{Namespace}} }
        spec: { selector: { app: {{Service}} }, ports: [{ name: otlp-grpc, port: 4317, targetPort: 4317, appProtocol: grpc }] }
        """);

    private static JsonObject Deployment() => DeclaredObject.ToJson($$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: {{Service}}, namespace: {{Namespace}} }
        spec:
          selector: { matchLabels: { app: {{Service}} } }
          template:
            metadata: { labels: { app: {{Service}} } }
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 1
              securityContext: { runAsNonRoot: true, runAsUser: 1654, seccompProfile: { type: RuntimeDefault } }
              containers:
                - name: collector
                  image: {{ClusterSettings.CollectorImage}}
                  imagePullPolicy: IfNotPresent
                  env: [{ name: DOTNET_EnableDiagnostics, value: '0' }]
                  readinessProbe: { httpGet: { path: /readyz, port: {{HttpPort}} }, periodSeconds: 1 }
                  securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
        """);
}

/// <summary>The spans that one request left.</summary>
/// <param name="Caller">What the request called its caller, by which it is told from others: the header <c>user-agent</c>.</param>
/// <param name="Spans">All spans of its trace, in no order.</param>
internal sealed record Trace(string Caller, IReadOnlyList<Span> Spans)
{
    private const string Gateway = "proxy of istio-ingressgateway";

    // Below the gateway's; it has one of its own for what it calls, or not, by Istio's version.
    private static readonly string[] WholeWay =
    [
        "proxy of gopher-requester, server", "gopher-requester, server", "gopher-requester, client", "proxy of gopher-requester, client",
        "proxy of gopher-distributor, server", "gopher-distributor, server",
    ];

    /// <summary>The spans from the root to the distributor's own, each the parent of the next; empty where there is no such way.</summary>
    public IReadOnlyList<Span> Way
    {
        get
        {
            List<Span> way = [];
            for (var span = Spans.FirstOrDefault(span => Describe(span) == WholeWay[^1]); span is not null; span = Parent(span))
            {
                way.Insert(0, span);
            }

            return way is [{ ParentId: "" }, ..] ? way : [];
        }
    }

    /// <summary>
    /// Whether it has one root, the gateway's, and from there every proxy's and every service's span, each below the one before, and
    /// no other span.
    /// </summary>
    public bool IsWhole =>
        Way is { Count: > 0 } way
        && way.Count == Spans.Count
        && way.TakeWhile(span => Who(span) == Gateway).Count() is > 0 and var atGateway
        && way.Skip(atGateway).Select(Describe).SequenceEqual(WholeWay);

    /// <summary>One trace for each caller whose first span, that of a proxy, arrived.</summary>
    public static IReadOnlyList<Trace> Of(IReadOnlyList<Span> spans, Func<string, bool> isCaller)
    {
        var traces = spans.ToLookup(span => span.TraceId);
        return
        [
            .. from span in spans
               where IsProxys(span)
               let caller = span.Attributes.GetValueOrDefault("user_agent", "")
               where isCaller(caller)
               group span.TraceId by caller into request
               from trace in request.Distinct()
               select new Trace(request.Key, [.. traces[trace]]),
        ];
    }

    public override string ToString() =>
        $"{Caller}, trace {Spans[0].TraceId}:\n"
        + string.Join('\n', Spans.Select(span => $"  {span.Id} below {span.ParentId,16} {Describe(span)}: {span.Name}"));

    /// <summary>Whether a proxy reported the span, and not the gopher beside it, whose name it has.</summary>
    public static bool IsProxys(Span span) => span.Attributes.GetValueOrDefault("component") == "proxy";

    private Span? Parent(Span span) => Spans.FirstOrDefault(other => other.Id == span.ParentId);

    private static string Describe(Span span) => $"{Who(span)}, {span.Kind.ToString().ToLowerInvariant()}";

    // The stack tells proxies to use the canonical name; Istio's default adds the namespace: gopher-requester.gophers.
    private static string Who(Span span) => IsProxys(span) ? $"proxy of {span.Service.Split('.')[0]}" : span.Service;
}
