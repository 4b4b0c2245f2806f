using System.Text.Json.Nodes;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>Which pods of a cluster Prometheus scrapes by the unchanged job `pods` of prometheus.yml.</summary>
public class ScrapingTests
{
    // The annotations after istiod's injector (pkg/kube/inject/webhook.go): port and path are those of its agent.
    private const string Merged = "scrape=true port=15020 path=/stats/prometheus";

    private static readonly JsonObject[] Scraped =
    [
        // As in the charts istiod and jaeger.
        Pods.Of("istio-system", "istiod", "127.0.1.1", "scrape=true port=15014", port: 15012),
        Pods.Of("istio-system", "istiod", "127.0.1.2", "scrape=true port=15014", port: 15012),
        Pods.Of("observability", "jaeger", "127.0.1.3", "scrape=true port=8888", port: 16686),
        Pods.Of("istio-system", "istio-ingressgateway", "127.0.1.4", Merged, port: 15090),
        Pods.Of("gophers", "gopher-requester", "127.0.1.5", Merged),
        Pods.Of("gophers", "gopher-distributor", "127.0.1.6", Merged, port: 8080),

        // Another container's port of the same pod is no second target.
        Pods.Of("gophers", "gopher-distributor", "127.0.1.6", Merged, port: 15090),
        Pods.Of("gophers", "gopher-distributor", "::1", Merged),
    ];

    private static readonly JsonObject[] LeftAlone =
    [
        Pods.Of("kube-system", "coredns", "127.0.2.1", "port=9153"),
        Pods.Of("elsewhere", "unwilling", "127.0.2.2", "scrape=false port=8080"),
        Pods.Of("gophers", "gopher-distributor", "127.0.2.3", Merged, phase: "Succeeded"),
        Pods.Of("gophers", "gopher-distributor", "127.0.2.4", Merged, phase: "Failed"),
        Pods.Of("gophers", "gopher-distributor", "127.0.2.5", Merged, phase: "Pending"),
    ];

    [PrometheusFact]
    public async Task Finds_istiod_the_gateway_and_the_gophers_where_they_serve_metrics_and_nobody_else()
    {
        string[] expected =
        [
            "gophers gopher-distributor-1 gopher-distributor http://[::1]:15020/stats/prometheus",
            "gophers gopher-distributor-6 gopher-distributor http://127.0.1.6:15020/stats/prometheus",
            "gophers gopher-requester-5 gopher-requester http://127.0.1.5:15020/stats/prometheus",
            "istio-system istio-ingressgateway-4 istio-ingressgateway http://127.0.1.4:15020/stats/prometheus",
            "istio-system istiod-1 istiod http://127.0.1.1:15014/metrics",
            "istio-system istiod-2 istiod http://127.0.1.2:15014/metrics",
            "observability jaeger-3 jaeger http://127.0.1.3:8888/metrics",
        ];
        var scraped = $"count(up) >= {expected.Length}";
        await using var prometheus = await LocalPrometheus.StartAsync(Job([.. Scraped, .. LeftAlone]), ready: scraped);

        var targets = await prometheus.TargetsAsync();

        Assert.Equal(expected, targets.Select(Line).Order(StringComparer.Ordinal));
    }

    private static string Line(Target target) =>
        $"{target.Labels["namespace"]} {target.Labels["pod"]} {target.Labels["app"]} {target.Address}";

    // JSON is YAML.
    private static string Job(JsonObject[] pods)
    {
        var job = YamlFile.Read("prometheus", "prometheus.yml")["scrape_configs"]!.AsArray()
            .Single(job => (string?)job!["job_name"] == "pods")!.AsObject();
        Assert.Equal("pod", (string?)job["kubernetes_sd_configs"]![0]!["role"]);
        job.Remove("kubernetes_sd_configs");
        job["static_configs"] = new JsonArray([.. pods.Select(pod => pod.DeepClone())]);
        return $"scrape_configs: [{job.ToJsonString()}]";
    }
}

/// <summary>
/// Pods as Prometheus' discovery reports them, a target for each port of a container
/// (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod). Their addresses are this machine's own, and nothing
/// answers there.
/// </summary>
internal static class Pods
{
    /// <summary>A pod of a namespace with the label <c>app</c> and annotations, e.g. <c>scrape=true port=15020</c>.</summary>
    public static JsonObject Of(
        string @namespace, string app, string address, string annotations = "", string phase = "Running", int port = 8080)
    {
        var labels = new JsonObject
        {
            ["__meta_kubernetes_namespace"] = @namespace,
            ["__meta_kubernetes_pod_name"] = $"{app}-{address.Split('.', ':')[^1]}",
            ["__meta_kubernetes_pod_ip"] = address,
            ["__meta_kubernetes_pod_phase"] = phase,
            ["__meta_kubernetes_pod_label_app"] = app,
            ["__meta_kubernetes_pod_container_port_number"] = $"{port}",
        };
        foreach (var annotation in annotations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=')))
        {
            labels[$"__meta_kubernetes_pod_annotation_prometheus_io_{annotation[0]}"] = annotation[1];
        }

        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return new JsonObject { ["targets"] = new JsonArray($"{host}:{port}"), ["labels"] = labels };
    }
}
