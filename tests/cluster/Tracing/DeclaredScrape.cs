using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>
/// The scrape of pods as observability/prometheus declares it, for a Prometheus outside of the cluster: the pods come from the API server's
/// list instead of its watch, and are reached by way of the API server.
/// </summary>
internal static partial class DeclaredScrape
{
    private const string Meta = "__meta_kubernetes_";

    private static readonly string Declared = Path.Combine(Repository.Root, "observability", "prometheus", "prometheus.yml");

    /// <summary>The configuration, over all pods of some namespaces.</summary>
    public static async Task<string> OfAsync(ApiServerProxy apiServer, params string[] namespaces)
    {
        var job = DeclaredObject.ToJson(await File.ReadAllTextAsync(Declared))["scrape_configs"]!.AsArray()
            .Single(job => (string?)job!["job_name"] == "pods")!.AsObject();
        Assert.Equal("pod", (string?)job["kubernetes_sd_configs"]!.AsArray().Single()!["role"]);
        job.Remove("kubernetes_sd_configs");
        var pods = await Task.WhenAll(namespaces.Select(@namespace => Pods.OfAsync(@namespace, selector: "")));
        job["static_configs"] = new JsonArray([.. pods.SelectMany(some => some).Select(pod => Target(pod.Body))]);
        foreach (var step in ByWayOf(apiServer))
        {
            job["relabel_configs"]!.AsArray().Add(step);
        }

        return $"scrape_configs: [{job.ToJsonString()}]\n";
    }

    // What Prometheus' discovery makes of a pod; a target for each port of its containers, of which the declared rules leave one.
    // https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
    private static JsonObject Target(JsonNode pod)
    {
        var labels = new JsonObject
        {
            [$"{Meta}namespace"] = (string)pod["metadata"]!["namespace"]!,
            [$"{Meta}pod_name"] = (string)pod["metadata"]!["name"]!,
            [$"{Meta}pod_ip"] = (string)pod["status"]!["podIP"]!,
            [$"{Meta}pod_phase"] = (string)pod["status"]!["phase"]!,
        };
        foreach (var kind in (string[])["annotation", "label"])
        {
            foreach (var (name, value) in pod["metadata"]![$"{kind}s"]?.AsObject() ?? [])
            {
                labels[$"{Meta}pod_{kind}_{NotOfALabel().Replace(name, "_")}"] = (string)value!;
            }
        }

        var ports = ((string[])["containers", "initContainers"])
            .SelectMany(kind => pod["spec"]![kind]?.AsArray() ?? [])
            .SelectMany(container => container!["ports"]?.AsArray() ?? [])
            .Select(port => (int)port!["containerPort"]!);
        return new JsonObject
        {
            ["targets"] = new JsonArray([.. ports.Select(port => JsonValue.Create($"{labels[$"{Meta}pod_ip"]}:{port}"))]),
            ["labels"] = labels,
        };
    }

    // After the declared rules: the address and path that they chose, at the API server's proxy.
    private static IEnumerable<JsonObject> ByWayOf(ApiServerProxy apiServer) =>
    [
        new()
        {
            ["source_labels"] = new JsonArray("namespace", "pod", "__address__", "__metrics_path__"),
            ["regex"] = "(.+);(.+);.+:([0-9]+);(/.+)",
            ["target_label"] = "__metrics_path__",
            ["replacement"] = "/api/v1/namespaces/$1/pods/$2:$3/proxy$4",
        },
        new() { ["source_labels"] = new JsonArray("__address__"), ["target_label"] = "instance" },
        new() { ["target_label"] = "__address__", ["replacement"] = apiServer.Authority },
    ];

    [GeneratedRegex("[^a-zA-Z0-9_]")]
    private static partial Regex NotOfALabel();
}

/// <summary>The alert rules of observability/prometheus.</summary>
internal static class DeclaredAlerts
{
    private static readonly string Rules = Path.Combine(Repository.Root, "observability", "prometheus", "alerts.yaml");

    /// <summary>When an alert is raised.</summary>
    public static string Expression(string alert) =>
        (string)DeclaredObject.ToJson(File.ReadAllText(Rules))["groups"]!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray())
            .Single(rule => (string?)rule!["alert"] == alert)!["expr"]!;
}
