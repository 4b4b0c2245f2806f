namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>The declared objects that most tests start from, as the stack writes them.</summary>
internal static class Declared
{
    public const string Namespace = "gophers";

    public const string Distributor = "gopher-distributor.gophers.svc.cluster.local";

    public const string Requester = "gopher-requester.gophers.svc.cluster.local";

    public const string DistributorService = """
        apiVersion: v1
        kind: Service
        metadata: { name: gopher-distributor, namespace: gophers }
        spec:
          selector: { app: gopher-distributor }
          ports: [{ name: http, port: 80, targetPort: http }]
        """;

    public const string RequesterService = """
        apiVersion: v1
        kind: Service
        metadata: { name: gopher-requester, namespace: gophers }
        spec:
          selector: { app: gopher-requester }
          ports: [{ name: http, port: 80, targetPort: 8080 }]
        """;

    public const string Gateway = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: gopher-gateway, namespace: gophers }
        spec:
          selector: { istio: ingressgateway }
          servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }]
        """;

    public static string Subset(string version, string extra = "") => $$"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: gopher-distributor-{{version}}, namespace: gophers }
        spec:
          host: {{Distributor}}
          subsets: [{ name: {{version}}, labels: { version: {{version}} } {{extra}} }]
        """;

    /// <summary>The distributor's routes for the mesh; <paramref name="http"/> is in flow style.</summary>
    public static string DistributorRoutes(string http) => VirtualService("gopher-distributor", Distributor, "mesh", http);

    /// <summary>Routes bound to the gateway for one host.</summary>
    public static string GatewayRoutes(string host, string http) => VirtualService("gopher-requester", host, "gophers/gopher-gateway", http);

    /// <summary>A VirtualService; <paramref name="http"/> is in flow style.</summary>
    public static string VirtualService(string name, string host, string gateway, string http) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: {{name}}, namespace: gophers }
        spec:
          hosts: ["{{host}}"]
          gateways: ["{{gateway}}"]
          http: {{http.ReplaceLineEndings(" ")}}
        """;

    /// <summary>A destination at a version of the distributor, in flow style.</summary>
    public static string To(string version, int weight = 100, string extra = "") =>
        $"{{ destination: {{ host: {Distributor}, subset: {version} }}, weight: {weight} {extra} }}";
}
