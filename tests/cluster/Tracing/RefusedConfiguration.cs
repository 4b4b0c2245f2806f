using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Tracing;

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
