using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;
using GopherMesh.Tests.Instruments;
using GopherMesh.Tests.Observability;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>What the mesh tells of its requests, once it is asked to.</summary>
[Collection(nameof(OneMesh))]
public sealed class ObservedMesh(Mesh mesh) : IClassFixture<TracedMesh>
{
    private const int Requests = 20;

    private const string Istio = "istio-system";

    [ClusterFact]
    public async Task One_request_is_one_trace_over_gateway_requester_and_distributor()
    {
        using var caller = new TracedCaller(mesh.Gateway);
        await Eventually.TrueAsync("the collector has any span", async () =>
        {
            await caller.AskAsync("until-a-span-arrives");
            return (await Collector.SpansAsync()).Count > 0;
        });

        var answers = new Dictionary<string, Answer>();
        for (var request = 1; request <= Requests; request++)
        {
            answers[$"one-trace/{request}"] = await caller.AskAsync($"one-trace/{request}");
        }

        var traces = await WholeAsync(answers.ContainsKey);

        Assert.Equal(answers.Keys.Order(), traces.Select(trace => trace.Caller).Order());
        var requesters = (await Pods.OfAsync(mesh.Namespace, "app=gopher-requester")).Select(pod => pod.Name).ToList();
        Assert.All(traces, trace =>
        {
            var (requester, distributor) = (trace.Way.First(span => span.Service == "gopher-requester" && !Trace.IsProxys(span)).Resource, trace.Way[^1].Resource);
            Assert.Contains(requester["k8s.pod.name"], requesters);
            Assert.NotEmpty(requester["service.version"]);
            Assert.Equal(answers[trace.Caller].Pod, distributor["k8s.pod.name"]);
            Assert.Equal("v1", distributor["service.version"]);
            // Envoy tells its own pod by its node's name: sidecar~10.1.2.3~gopher-distributor-v1-abc.gophers~gophers.svc.cluster.local.
            Assert.Contains($"~{answers[trace.Caller].Pod}.{mesh.Namespace}~", trace.Way[^2].Attributes["node_id"]);
        });
        var way = string.Join(" > ", traces[0].Way.Select(span => $"{span.Service} {span.Kind}"));
        Report.Line($"tracing: {Requests} requests are {traces.Count} whole traces; the first: {way}");
    }

    [ClusterFact]
    public async Task A_trace_begins_at_the_gateway_whatever_trace_a_caller_names()
    {
        const string Foreign = "0af7651916cd43dd8448eb211c80319c";
        foreach (var pod in await Pods.OfAsync(Istio, "istio=ingressgateway"))
        {
            await Eventually.TrueAsync($"the listeners of {pod.Name} take a caller's trace context away", async () =>
                (await pod.EnvoyAsync("config_dump?resource=dynamic_listeners")).ToJsonString().Contains("early_header_mutation", StringComparison.Ordinal));
        }

        using var caller = new TracedCaller(mesh.Gateway);
        await caller.AskAsync("foreign", $"00-{Foreign}-b7ad6b7169203331-01");

        await Eventually.TrueAsync("the trace is whole, with the gateway's span as its root", async () =>
            Trace.Of(await Collector.SpansAsync(), name => name == "foreign").Any(trace => trace.IsWhole));
        Assert.DoesNotContain(await Collector.SpansAsync(), span => span.TraceId == Foreign);
    }

    [ClusterFact]
    public async Task A_gophers_metrics_and_its_proxys_are_one_answer()
    {
        using var caller = new TracedCaller(mesh.Gateway);
        await caller.AskAsync("metrics");
        var pod = (await Pods.OfAsync(mesh.Namespace, "app=gopher-requester"))[0];

        // The agent's port; istiod's injector has pointed the annotations for a scrape at it.
        var metrics = await Kubectl.RawAsync($"/api/v1/namespaces/{pod.Namespace}/pods/{pod.Name}:15020/proxy/stats/prometheus");

        Assert.Contains("\nenvoy_cluster_upstream_rq_total{", metrics);
        Assert.Contains("\nistio_agent_", metrics);
        Assert.Contains("\ndotnet_process_memory_working_set_bytes", metrics);
    }

    [ClusterFact]
    public async Task Every_proxy_on_the_way_logs_the_request_as_a_line_of_JSON()
    {
        using var caller = new TracedCaller(mesh.Gateway);
        await caller.AskAsync("logged");

        foreach (var (@namespace, app) in ((string, string)[])[(Istio, "istio-ingressgateway"), (mesh.Namespace, "gopher-requester")])
        {
            JsonNode? line = null;
            await Eventually.TrueAsync(
                $"a proxy of {app} has logged the request", async () => (line = await LoggedAsync(@namespace, app, "logged")) is not null);
            Report.Line($"access log of {app}: {line!.ToJsonString()}");
            Assert.Equal(("GET", "/", 200), ((string)line["method"]!, (string)line["path"]!, (int)line["response_code"]!));
        }
    }

    private static async Task<IReadOnlyList<Trace>> WholeAsync(Func<string, bool> isCaller)
    {
        IReadOnlyList<Trace> traces = [];
        try
        {
            await Eventually.TrueAsync($"{Requests} traces are whole", async () =>
            {
                traces = Trace.Of(await Collector.SpansAsync(), isCaller);
                return traces.Count(trace => trace.IsWhole) == Requests;
            });
        }
        catch (TimeoutException exception)
        {
            var services = (await Collector.SpansAsync()).CountBy(span => span.Service).Select(service => $"{service.Key}: {service.Value}");
            throw new InvalidOperationException(
                $"{traces.Count(trace => trace.IsWhole)} of {Requests} traces are whole; spans of {string.Join(", ", services)}\n"
                    + string.Join('\n', traces),
                exception);
        }

        return traces;
    }

    private static async Task<JsonNode?> LoggedAsync(string @namespace, string app, string caller) =>
        (await Kubectl.RunAsync("--namespace", @namespace, "logs", $"--selector=app={app}", "--container=istio-proxy", "--tail=-1"))
            .Split('\n')
            .Where(line => line.StartsWith('{') && line.Contains("\"response_code\"", StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line)!)
            .FirstOrDefault(line => (string?)line["user_agent"] == caller);

    [PrometheusClusterFact]
    public async Task Istiod_the_gateway_and_every_gopher_are_scraped_and_no_other_pod()
    {
        IReadOnlyList<Pod> expected =
        [
            .. await Pods.OfAsync(Istio, "app=istiod"),
            .. await Pods.OfAsync(Istio, "istio=ingressgateway"),
            .. await Pods.OfAsync(mesh.Namespace, "app"),
        ];
        await using var apiServer = await ApiServerProxy.StartAsync();
        await using var prometheus = await StartPrometheusAsync(apiServer);

        // Prometheus spreads its first scrapes over one interval: once a target has had three, every other has had one.
        await prometheus.UntilAsync($"count(up == 1) >= {expected.Count} and on () max(count_over_time(up[1m])) >= 3");
        var up = await prometheus.QueryAsync("up == 1");

        var apps = string.Join(", ", up.Select(sample => sample.Labels["app"]).Distinct().Order());
        Report.Line($"scraped as declared: {up.Count} pods of {apps}");
        Assert.Equal(
            expected.Select(pod => $"{pod.Namespace}/{pod.Name} of {pod.Body["metadata"]!["labels"]!["app"]}").Order(),
            up.Select(sample => $"{sample.Labels["namespace"]}/{sample.Labels["pod"]} of {sample.Labels["app"]}").Order());
        Assert.Empty(await prometheus.QueryAsync("up != 1"));
    }

    [PrometheusClusterFact]
    public async Task What_the_queries_name_of_istiod_and_Envoy_is_emitted_and_a_refusal_raises_the_alert()
    {
        // istiod counts refusals from the first one on.
        await using var refused = await RefusedConfiguration.PushAsync(mesh.Namespace);
        await using var apiServer = await ApiServerProxy.StartAsync();
        await using var prometheus = await StartPrometheusAsync(apiServer);

        foreach (var (metric, labels) in KnownMetrics.All.Where(metric => metric.Key.Split('_')[0] is "pilot" or "envoy"))
        {
            foreach (var label in labels)
            {
                await prometheus.UntilAsync($"{metric}{{{label}!=\"\"}}");
            }
        }

        // Other tests on the same mesh push routes that proxies refuse; a refused cluster has a type of its own.
        var alert = DeclaredAlerts.Expression("ProxiesRejectConfiguration");
        await prometheus.UntilAsync($"({alert}) and on (type) label_replace(vector(1), \"type\", \"cds\", \"\", \"\")");
        Assert.Empty(await prometheus.QueryAsync(DeclaredAlerts.Expression("IstiodAbsent")));
    }

    private async Task<LocalPrometheus> StartPrometheusAsync(ApiServerProxy apiServer) =>
        await LocalPrometheus.StartAsync(await DeclaredScrape.OfAsync(apiServer, Istio, mesh.Namespace));
}

/// <summary>
/// Something that istiod takes and pushes, and the requesters' proxies refuse, as long as this lives; their routes stay as they are.
/// </summary>
internal sealed class RefusedConfiguration : IAsyncDisposable
{
    private const string Name = "refused";

    private readonly string _namespace;

    private RefusedConfiguration(string @namespace) => _namespace = @namespace;

    public static async Task<RefusedConfiguration> PushAsync(string @namespace)
    {
        // Envoy: "cannot create an EDS cluster without an EDS config". It keeps the clusters beside it.
        await Kubectl.ApplyAsync([DeclaredObject.ToJson($$"""
            apiVersion: networking.istio.io/v1alpha3
            kind: EnvoyFilter
            metadata: { name: {{Name}}, namespace: {{@namespace}} }
            spec:
              workloadSelector: { labels: { app: gopher-requester } }
              configPatches:
                - applyTo: CLUSTER
                  match: { context: SIDECAR_OUTBOUND }
                  patch: { operation: ADD, value: { name: {{Name}}, type: EDS, connect_timeout: 1s } }
            """)]);
        return new RefusedConfiguration(@namespace);
    }

    public async ValueTask DisposeAsync() => await Kubectl.RunAsync("--namespace", _namespace, "delete", "envoyfilter", Name);
}
