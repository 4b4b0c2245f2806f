using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Cluster.Tracing;

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
