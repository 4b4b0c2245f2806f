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

/// <summary>A Deployment without a pod, until this is disposed of: then it has as many as before, all of them ready.</summary>
internal sealed class DeploymentWithoutPods : IAsyncDisposable
{
    private readonly string _namespace;
    private readonly string _deployment;
    private readonly int _replicas;

    private DeploymentWithoutPods(string @namespace, string deployment, int replicas) =>
        (_namespace, _deployment, _replicas) = (@namespace, deployment, replicas);

    /// <summary>Takes a Deployment's pods away, and waits until the last of them has ended.</summary>
    public static async Task<DeploymentWithoutPods> ScaleDownAsync(string @namespace, string deployment)
    {
        var spec = (await Kubectl.GetAsync("--namespace", @namespace, "deployment", deployment))["spec"]!;
        var emptied = new DeploymentWithoutPods(@namespace, deployment, (int)spec["replicas"]!);
        try
        {
            await emptied.ScaleAsync(0);
            await emptied.GoneAsync(spec["selector"]!["matchLabels"]!.AsObject());
            return emptied;
        }
        catch
        {
            await emptied.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ScaleAsync(_replicas);
        await Kubectl.RolledOutAsync(_namespace, _deployment);
    }

    private Task<string> ScaleAsync(int replicas) =>
        Kubectl.RunAsync("--namespace", _namespace, "scale", $"deployment/{_deployment}", $"--replicas={replicas}");

    // Those that are being deleted count, too: they serve on for a while.
    private Task GoneAsync(JsonObject labels)
    {
        var selector = string.Join(',', labels.Select(label => $"{label.Key}={label.Value}"));
        return Eventually.TrueAsync($"the last pod of {_deployment} is gone", async () =>
            (await Kubectl.ListAsync("--namespace", _namespace, "pods", "--selector", selector)).Count == 0);
    }
}

/// <summary>
/// One more requester beside the declared ones, and like them but for two things, so that its process can be killed from within: a
/// program that does it, and a process namespace shared by the pod's containers. The first process of a namespace, which a
/// container's otherwise is, gets no SIGKILL from its own (pid_namespaces(7)).
/// </summary>
internal sealed class KillableRequester : IAsyncDisposable
{
    private const string Name = "gopher-requester-killable";
    private const string Container = "gopher-requester";
    private const string Folder = "/killer";

    /// <summary>What a container's status shows after SIGKILL: 128 and the signal's number.</summary>
    private const int Killed = 128 + 9;

    private readonly string _namespace;

    private KillableRequester(string @namespace) => _namespace = @namespace;

    /// <summary>Starts it, and waits until it is ready.</summary>
    public static async Task<KillableRequester> StartAsync(Mesh mesh)
    {
        var requester = new KillableRequester(mesh.Namespace);
        try
        {
            // Apply may fail after it has created one of the two objects.
            await Kubectl.ApplyAsync([requester.Program(), requester.Pod(mesh.Current.Single("Deployment", Container))]);
            await Kubectl.RunAsync("--namespace", mesh.Namespace, "wait", "--for=condition=Ready", $"pod/{Name}", "--timeout=120s");
            return requester;
        }
        catch
        {
            await requester.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until it has been sent requests, kills its process, and waits until another one is ready in its place.</summary>
    public async Task KillAsync()
    {
        await Eventually.TrueAsync($"{Name} takes part", async () => await (await StatusAsync()).RequestsReceivedAsync() > 0);
        // It ends with the container that it runs in, so that its own exit status says nothing.
        var killer = await Kubectl.TryAsync(
            "--namespace", _namespace, "exec", Name, "--container", Container, "--", "/usr/share/dotnet/dotnet", $"{Folder}/Killer.dll");
        await Eventually.TrueAsync($"{Name} was killed and has started again ({killer.Errors})", async () =>
            await StatusAsync() is { IsReady: true } status && status.LastExitCode(Container) == Killed);
    }

    public async ValueTask DisposeAsync() =>
        await Kubectl.RunAsync("--namespace", _namespace, "delete", "--ignore-not-found", "pod,configmap", Name);

    private async Task<Pod> StatusAsync() => new(_namespace, await Kubectl.GetAsync("--namespace", _namespace, "pod", Name));

    private JsonObject Program() => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = Metadata(),
        ["binaryData"] = new JsonObject(from file in (string[])["Killer.dll", "Killer.runtimeconfig.json"]
                                        select KeyValuePair.Create(file, (JsonNode?)Base64(file))),
    };

    private JsonObject Pod(DeclaredObject deployment)
    {
        var template = deployment.Body["spec"]!["template"]!;
        var spec = template["spec"]!.DeepClone();
        spec["shareProcessNamespace"] = true;
        spec["volumes"] = new JsonArray(new JsonObject { ["name"] = "killer", ["configMap"] = new JsonObject { ["name"] = Name } });
        spec["containers"]![0]!["volumeMounts"] = new JsonArray(new JsonObject { ["name"] = "killer", ["mountPath"] = Folder });
        var metadata = Metadata();
        metadata["labels"] = template["metadata"]!["labels"]!.DeepClone();
        return new() { ["apiVersion"] = "v1", ["kind"] = "Pod", ["metadata"] = metadata, ["spec"] = spec };
    }

    private JsonObject Metadata() => new() { ["name"] = Name, ["namespace"] = _namespace };

    private static string Base64(string file) => Convert.ToBase64String(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, file)));
}
