using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Security;

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
