using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>What only the cluster needs: pods, which the rehearsal's side has in this process, and a second port of the gateway.</summary>
internal static class ComparedPods
{
    /// <summary>A namespace from which another one is called.</summary>
    public const string Elsewhere = "gopher-differential-elsewhere";

    /// <summary>The pod that asks as it is told to.</summary>
    public const string Asker = "asker";

    public const int Port = 8080;

    /// <summary>The port of the gateway beside 80, as the Gateways number it.</summary>
    public const int SecondPort = 443;

    /// <summary>Where a pod reaches the gateway's second port.</summary>
    public const string SecondPortHost = $"{SecondPortService}.{GatewayNamespace}.svc.cluster.local";

    private const string GatewayNamespace = "istio-system";

    private const string SecondPortService = "differential-second-port";

    public static IReadOnlyList<JsonObject> Namespaces { get; } =
    [
        .. new[] { RoutingCase.Namespace, Elsewhere }.Select(name => DeclaredObject.ToJson(
            $"{{ apiVersion: v1, kind: Namespace, metadata: {{ name: {name}, labels: {{ istio-injection: enabled }} }} }}")),
    ];

    public static IReadOnlyList<JsonObject> All { get; } =
    [
        // The stack's own Service has one port; Istio's gateway listens on the port behind what its Services number.
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Service
            metadata: { name: {{SecondPortService}}, namespace: {{GatewayNamespace}} }
            spec: { selector: { istio: ingressgateway }, ports: [{ name: http-second, port: {{SecondPort}}, targetPort: 8443 }] }
            """),
        .. ComparedObjects.Versions.Select(version => Echo($"echo-{version}", version, "echo")),
        Echo("pair-well", "pair", "echo"),
        Echo("pair-failing", "pair", "error"),
        Stub(Asker, RoutingCase.Namespace, "app: asker", "asker", "echo", Unproxied),
        Stub(Asker, Elsewhere, "app: asker", "asker", "echo", Unproxied),
    ];

    // The test asks the asker beside its proxy, which would refuse the plain text of the API server; and the asker the gateway's
    // second port, as a load balancer does.
    private static string Unproxied =>
        $"traffic.sidecar.istio.io/excludeInboundPorts: '{Port}', traffic.sidecar.istio.io/excludeOutboundPorts: '{SecondPort}'";

    /// <summary>Removes all of it.</summary>
    public static async Task DeleteAsync()
    {
        await Kubectl.RunAsync("--namespace", GatewayNamespace, "delete", "service", SecondPortService, "--ignore-not-found");
        await Kubectl.RunAsync("delete", "namespace", RoutingCase.Namespace, Elsewhere, "--wait=false");
    }

    private static JsonObject Echo(string name, string version, string behaviour) =>
        Stub(name, RoutingCase.Namespace, $"app: echo, version: {version}", version, behaviour, "");

    private static JsonObject Stub(string name, string @namespace, string labels, string version, string behaviour, string annotations) =>
        DeclaredObject.ToJson($$"""
            apiVersion: v1
            kind: Pod
            metadata: { name: {{name}}, namespace: {{@namespace}}, labels: { {{labels}} }, annotations: { {{annotations}} } }
            spec:
              terminationGracePeriodSeconds: 1
              containers:
                - name: stub
                  image: '{{ClusterSettings.StubRepository}}:{{behaviour}}'
                  imagePullPolicy: IfNotPresent
                  readinessProbe: { httpGet: { path: /readyz, port: {{Port}} }, periodSeconds: 1 }
                  env:
                    - { name: VERSION, value: {{version}} }
                    - { name: ASPNETCORE_URLS, value: 'http://+:{{Port}}' }
                    - { name: DOTNET_EnableDiagnostics, value: '0' }
            """);
}
