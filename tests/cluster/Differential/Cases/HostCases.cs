using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>Who answers for a host: by the hosts of Gateways and of VirtualServices, and by the names of Services.</summary>
internal static class HostCases
{
    private static readonly EntryPoint[] ByGateway = [EntryPoint.Gateway];

    private const string Alone = $"alone.{RoutingCase.Namespace}.svc.cluster.local";

    private static readonly EntryPoint[] BySidecar = [EntryPoint.Sidecar, EntryPoint.Elsewhere];

    public static IEnumerable<RoutingCase> All() => [.. VirtualServices(), .. Gateways(), .. Services()];

    private static IEnumerable<RoutingCase> VirtualServices() =>
    [
        new("hosts", To("v1"), For("hosts.test"), For("hosts.test."), For("ahosts.test"), For("unknown.example")),
        new("capitals", To("v1"), For("CAPITALS.test")),
        // At a sidecar the port of a host is the port that is dialled.
        new("ports", To("v1"), For("ports.test:80"), For("ports.test:8080"), For("PORTS.test")) { EntryPoints = ByGateway },
        new("wildcard", To("v1"), For("a.wild.test"), For("a.b.wild.test"), For("wild.test"), For("special.wild.test"))
        {
            Hosts = ["*.wild.test"],
        },
        new("more-special", To("v2"), For("special.wild.test"), For("more.special.wild.test")) { Hosts = ["special.wild.test"] },
        // The sidecars' routes do not depend on a Gateway's hosts.
        new("not-of-the-gateway", To("v2"), For("not-of-the-gateway.example")) { Hosts = ["not-of-the-gateway.example"] },
        new("gateway-only", To("v2"), new Probe()) { Gateways = [$"{RoutingCase.Namespace}/compared"] },
        new("mesh-only", To("v2"), new Probe()) { Gateways = ["mesh"] },
    ];

    private static IEnumerable<RoutingCase> Gateways() =>
    [
        new("narrow-gateway", To("v2"), For("a.narrow.test"), For("b.narrow.test"), For("narrow.test"))
        {
            Hosts = ["*.narrow.test"],
            Gateways = [$"{RoutingCase.Namespace}/narrow"],
            EntryPoints = ByGateway,
        },
        new("namespaces-hosts", To("v2"), For("named.ns.test"), For("own.ns.test"), For("any.ns.test"), For("other.ns.test"))
        {
            Hosts = ["*.ns.test"],
            Gateways = [$"{RoutingCase.Namespace}/namespaces"],
            EntryPoints = ByGateway,
        },
        // As infra/Routing/GatewayServers.cs declares it behind a load balancer that ends TLS.
        new("behind-tls", To("v2"), new Probe(), At("/a?q=1"), For("behind-tls.test:80"), For("none.behind-tls.test"))
        {
            Hosts = ["behind-tls.test"],
            Gateways = [$"{RoutingCase.Namespace}/behind-tls"],
            EntryPoints = [EntryPoint.Gateway, EntryPoint.SecondPort],
        },
        // The stack's default: whoever is asked for.
        new("everyone", To("v2"), For("unknown.example"), For("198.18.0.10"), For("a.b.test:443"), For("compared.test"))
        {
            Hosts = ["*"],
            Gateways = [$"{RoutingCase.Namespace}/everyone"],
            EntryPoints = [EntryPoint.SecondPort],
        },
    ];

    private static IEnumerable<RoutingCase> Services() =>
    [
        new("service-names", "",
            For("alone"), For("alone.gopher-differential"), For("alone.gopher-differential.svc"), For(Alone), For($"{Alone}."),
            For("alone."), For("alone.gopher-differential.svc."), For("alone.gopher-differential.svc.cluster"), For("alone.elsewhere"))
        {
            Hosts = [],
            EntryPoints = BySidecar,
        },
        new("routed-names", To("v2"), For("routed"), For("routed.gopher-differential"), For("routed.gopher-differential.svc.cluster.local"))
        {
            Hosts = ["routed.gopher-differential.svc.cluster.local"],
            Gateways = ["mesh"],
            EntryPoints = BySidecar,
        },
    ];
}
