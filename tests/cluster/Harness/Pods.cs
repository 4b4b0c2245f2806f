using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>The pods of a Deployment.</summary>
internal static class Pods
{
    /// <summary>The pods that are not being deleted.</summary>
    public static async Task<IReadOnlyList<Pod>> OfAsync(string @namespace, string selector) =>
        [.. (await Kubectl.ListAsync("--namespace", @namespace, "pods", "--selector", selector))
            .Where(pod => pod["metadata"]!["deletionTimestamp"] is null)
            .Select(pod => new Pod(@namespace, pod))];

    /// <summary>Lets the API server reach Envoy's statistics, which <see cref="Pod.RequestsReceivedAsync"/> reads, where NetworkPolicies are enforced.</summary>
    public static JsonObject ReadableStatistics(string @namespace) => DeclaredObject.ToJson($$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: readable-statistics, namespace: {{@namespace}} }
        spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ port: 15090, protocol: TCP }] }] }
        """);
}

/// <summary>A pod, as the API server last told.</summary>
internal sealed record Pod(string Namespace, JsonNode Body)
{
    public string Name => (string)Body["metadata"]!["name"]!;

    /// <summary>The containers, and the init containers that keep running beside them, such as a native sidecar.</summary>
    public IReadOnlyList<JsonNode> LongRunning =>
        [.. Statuses("containerStatuses"), .. Statuses("initContainerStatuses").Where(status => status["state"]!["running"] is not null)];

    /// <summary>Asks the administration interface of the pod's Envoy, which only the pod itself can reach, for JSON.</summary>
    public async Task<JsonNode> EnvoyAsync(string path)
    {
        var output = await Kubectl.RunAsync(
            "--namespace", Namespace, "exec", Name, "--container", "istio-proxy", "--", "pilot-agent", "request", "GET", path);
        // The agent's own log lines come first.
        return JsonNode.Parse(output[(output.IndexOf("\n{", StringComparison.Ordinal) + 1)..])!;
    }

    /// <summary>How many requests the pod's proxy has handed to the application since it started.</summary>
    public async Task<long> RequestsReceivedAsync()
    {
        var statistics = await Kubectl.RawAsync($"/api/v1/namespaces/{Namespace}/pods/{Name}:15090/proxy/stats/prometheus");
        return statistics.Split('\n')
            .Where(line => line.StartsWith("envoy_cluster_upstream_rq_total{", StringComparison.Ordinal) && line.Contains("inbound|"))
            .Sum(line => long.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private IEnumerable<JsonNode> Statuses(string member) => Body["status"]![member]?.AsArray().Select(status => status!) ?? [];
}
