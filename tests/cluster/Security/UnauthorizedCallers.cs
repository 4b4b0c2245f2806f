using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Security;

/// <summary>
/// Pods that have no business with the gophers: some outside the mesh, some in it with another identity, one in the gophers' own
/// namespace. Where the network enforces its policies, it lets these pass, so that it is the proxies that refuse.
/// </summary>
public sealed class UnauthorizedCallers(Mesh mesh) : IAsyncLifetime
{
    /// <summary>A namespace without proxies.</summary>
    internal const string Outside = "gopher-outside";

    /// <summary>Another namespace of the mesh.</summary>
    internal const string Elsewhere = "gopher-elsewhere";

    /// <summary>A Service outside the mesh that answers whoever asks.</summary>
    private const string Open = "open";

    private readonly List<CallingPod> _pods = [];

    public async Task InitializeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        await mesh.HealthyAsync();
        await Kubectl.ApplyAsync([Namespace(Outside, proxies: false), Namespace(Elsewhere, proxies: true), LetPass(), .. OpenService()]);
        await Kubectl.RunAsync("--namespace", Outside, "wait", "--for=condition=Ready", $"pod/{Open}", "--timeout=120s");
        var open = await Kubectl.GetAsync("--namespace", Outside, "pod", Open);
        _pods.AddRange(CallingPods((string)open["status"]!["podIP"]!));
        await Kubectl.ApplyAsync(_pods.SelectMany(pod => pod.Objects()));
        foreach (var pod in _pods)
        {
            await pod.ReadyAsync();
        }
    }

    public async Task DisposeAsync()
    {
        if (ClusterSettings.SkipReason is not null)
        {
            return;
        }

        await Kubectl.RunAsync("--namespace", mesh.Namespace, "delete", "pod,serviceaccount,networkpolicy", "--selector", "unauthorized=true", "--wait=false");
        await Kubectl.RunAsync("delete", "namespace", Outside, Elsewhere, "--wait=false");
    }

    /// <summary>What the calling pod of a namespace says of the answer that it gets.</summary>
    internal Task<string> AskAsync(string @namespace, string name) =>
        _pods.Single(pod => pod.Namespace == @namespace && pod.Name == name).AskAsync();

    private IEnumerable<CallingPod> CallingPods(string openAddress)
    {
        string[] services = ["gopher-requester", "gopher-distributor"];
        foreach (var @namespace in (string[])[Outside, Elsewhere])
        {
            foreach (var service in services)
            {
                yield return new CallingPod($"to-{service}", @namespace, $"http://{service}.{mesh.Namespace}.svc.cluster.local/");
            }
        }

        yield return new CallingPod("to-open", Outside, $"http://{Open}.{Outside}.svc.cluster.local/");
        yield return new CallingPod("to-address", Outside, $"http://{openAddress}:8080/");
        yield return new CallingPod("to-address", Elsewhere, $"http://{openAddress}:8080/");
        yield return new CallingPod("to-open", mesh.Namespace, $"http://{Open}.{Outside}.svc.cluster.local/");
    }

    private static JsonObject Namespace(string name, bool proxies) => DeclaredObject.ToJson(
        $"{{ apiVersion: v1, kind: Namespace, metadata: {{ name: {name}, labels: {{ istio-injection: {(proxies ? "enabled" : "disabled")} }} }} }}");

    private static IEnumerable<JsonObject> OpenService() =>
    [
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Service
            metadata: { name: {{Open}}, namespace: {{Outside}} }
            spec: { selector: { app: {{Open}} }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
            """),
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{Open}}, namespace: {{Outside}}, labels: { app: {{Open}} } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: open
                  image: {{ClusterSettings.DistributorImage}}
                  imagePullPolicy: IfNotPresent
                  readinessProbe: { httpGet: { path: /readyz, port: 8080 }, periodSeconds: 1 }
                  env:
                    - { name: ASPNETCORE_URLS, value: 'http://+:8080' }
                    - { name: VERSION, value: v1 }
                    - { name: POD_NAME, value: {{Open}} }
                    - { name: DOTNET_EnableDiagnostics, value: '0' }
            """),
    ];

    private JsonObject LetPass() => DeclaredObject.ToJson($$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: let-callers-pass, namespace: {{mesh.Namespace}}, labels: { unauthorized: 'true' } }
        spec: { podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{}], egress: [{}] }
        """);
}

/// <summary>A pod that asks one address whenever it is asked itself: a requester that is not the gophers' own.</summary>
/// <param name="Name">Its name; of its ServiceAccount, too, and so of its identity in the mesh.</param>
/// <param name="Namespace">Where it runs; the namespace decides whether it has a proxy.</param>
/// <param name="Target">What it asks.</param>
internal sealed record CallingPod(string Name, string Namespace, string Target)
{
    private const int Port = 8080;

    /// <summary>Its ServiceAccount and itself. The test asks it beside its proxy, which would refuse the plain text of the API server.</summary>
    public IEnumerable<JsonObject> Objects() =>
    [
        DeclaredObject.ToJson($"{{ apiVersion: v1, kind: ServiceAccount, metadata: {{ name: {Name}, namespace: {Namespace}, labels: {{ unauthorized: 'true' }} }} }}"),
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Pod
            metadata:
              name: {{Name}}
              namespace: {{Namespace}}
              labels: { unauthorized: 'true' }
              annotations: { traffic.sidecar.istio.io/excludeInboundPorts: '{{Port}}' }
            spec:
              serviceAccountName: {{Name}}
              terminationGracePeriodSeconds: 1
              containers:
                - name: caller
                  image: {{ClusterSettings.RequesterImage}}
                  imagePullPolicy: IfNotPresent
                  readinessProbe: { httpGet: { path: /readyz, port: {{Port}} }, periodSeconds: 1 }
                  env:
                    - { name: ASPNETCORE_URLS, value: 'http://+:{{Port}}' }
                    - { name: DISTRIBUTOR_URL, value: '{{Target}}' }
                    - { name: DISTRIBUTOR_TIMEOUT_MS, value: '5000' }
                    - { name: POD_NAME, value: {{Name}} }
                    - { name: DOTNET_EnableDiagnostics, value: '0' }
            """),
    ];

    /// <summary>What it says of the answer that it gets; an answer other than 200 is an error of kubectl's with the same words.</summary>
    public async Task<string> AskAsync()
    {
        var result = await Kubectl.TryAsync("get", "--raw", $"/api/v1/namespaces/{Namespace}/pods/{Name}:{Port}/proxy/");
        return result.Output + result.Errors;
    }

    /// <summary>Waits until it can be asked.</summary>
    public Task<string> ReadyAsync() => Kubectl.RunAsync("--namespace", Namespace, "wait", "--for=condition=Ready", $"pod/{Name}", "--timeout=120s");
}
