using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>A pod, as the API server last told.</summary>
internal sealed record Pod(string Namespace, JsonNode Body)
{
    public string Name => (string)Body["metadata"]!["name"]!;

    /// <summary>The containers, and the init containers that keep running beside them, such as a native sidecar.</summary>
    public IReadOnlyList<JsonNode> LongRunning =>
        [.. Statuses("containerStatuses"), .. Statuses("initContainerStatuses").Where(status => status["state"]!["running"] is not null)];

    public bool IsReady => LongRunning.All(container => (bool)container["ready"]!);

    /// <summary>Where the API server hands on Envoy's statistics.</summary>
    public string StatisticsPath => $"/api/v1/namespaces/{Namespace}/pods/{Name}:15090/proxy/stats/prometheus";

    /// <summary>How many times a container was started again.</summary>
    public int Restarts(string container) => (int)Status(container)["restartCount"]!;

    /// <summary>With which status a container ended before it was started again; null when it was not.</summary>
    public int? LastExitCode(string container) => (int?)Status(container)["lastState"]?["terminated"]?["exitCode"];

    /// <summary>Asks the administration interface of the pod's Envoy, which only the pod itself can reach, for JSON.</summary>
    public async Task<JsonNode> EnvoyAsync(string path)
    {
        var output = await AskEnvoyAsync("GET", path);
        // The agent's own log lines come first.
        return JsonNode.Parse(output[(output.IndexOf("\n{", StringComparison.Ordinal) + 1)..])!;
    }

    /// <summary>Ends the pod's Envoy at once, with every connection that it has: it does not drain.</summary>
    public Task EndEnvoyAsync() => AskEnvoyAsync("POST", "quitquitquit");

    /// <summary>How many requests of this pod to a subset have not been answered, copies included.</summary>
    public async Task<int> RequestsUnderWayAsync(string subset)
    {
        var clusters = await EnvoyAsync("clusters?format=json");
        // outbound|80|v2|gopher-distributor.gophers.svc.cluster.local; a value of 0 is left out.
        return (from cluster in clusters["cluster_statuses"]!.AsArray()
                where ((string)cluster!["name"]!).Split('|') is ["outbound", _, var name, _] && name == subset
                from host in cluster["host_statuses"]?.AsArray() ?? []
                from statistic in host!["stats"]!.AsArray()
                where (string)statistic!["name"]! is "rq_active" or "rq_pending_active"
                select int.Parse((string?)statistic["value"] ?? "0", CultureInfo.InvariantCulture)).Sum();
    }

    /// <summary>How many requests the pod's proxy has handed to the application since it started.</summary>
    public async Task<long> RequestsReceivedAsync() => RequestsReceived(await Kubectl.RawAsync(StatisticsPath));

    /// <summary>The same, from what is at <see cref="StatisticsPath"/>.</summary>
    public static long RequestsReceived(string statistics) => statistics.Split('\n')
        .Where(line => line.StartsWith("envoy_cluster_upstream_rq_total{", StringComparison.Ordinal) && line.Contains("inbound|"))
        .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));

    private Task<string> AskEnvoyAsync(string method, string path) => Kubectl.RunAsync(
        "--namespace", Namespace, "exec", Name, "--container", "istio-proxy", "--", "pilot-agent", "request", method, path);

    private JsonNode Status(string container) =>
        Statuses("containerStatuses").Concat(Statuses("initContainerStatuses")).Single(status => (string)status["name"]! == container);

    private IEnumerable<JsonNode> Statuses(string member) => Body["status"]![member]?.AsArray().Select(status => status!) ?? [];
}

/// <summary>The pods of a Deployment.</summary>
internal static class Pods
{
    /// <summary>The pods that are not being deleted.</summary>
    public static async Task<IReadOnlyList<Pod>> OfAsync(string @namespace, string selector) =>
        [.. (await Kubectl.ListAsync("--namespace", @namespace, "pods", "--selector", selector))
            .Where(pod => pod["metadata"]!["deletionTimestamp"] is null)
            .Select(pod => new Pod(@namespace, pod))];

    /// <summary>
    /// Lets the API server reach Envoy's statistics, which <see cref="Pod.RequestsReceivedAsync"/> reads, and all that the agent serves,
    /// where NetworkPolicies are enforced.
    /// </summary>
    public static JsonObject ReadableStatistics(string @namespace) => DeclaredObject.ToJson($$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: readable-statistics, namespace: {{@namespace}} }
        spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ port: 15090, protocol: TCP }, { port: 15020, protocol: TCP }] }] }
        """);
}
