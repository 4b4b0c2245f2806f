using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>
/// Builds the table of one gateway port from all servers on it (istio pilot/pkg/networking/core/gateway.go, buildGatewayHTTPRouteConfig):
/// a virtual host for every host that a server and a VirtualService bound to its Gateway both cover. Routes of several VirtualServices
/// for one host follow each other, match-alls last.
/// </summary>
internal static class GatewayTable
{
    public static RouteTable Build(MeshModel model, PodIdentity gatewayPod, int port)
    {
        var services = model.Services.ToDictionary(service => service.Host);
        var hosts = new Dictionary<string, VirtualHost>();
        foreach (var gateway in model.Gateways.Where(gateway => gateway.Selects(gatewayPod)))
        {
            var builder = new RouteBuilder(gatewayPod, gateway.Name.ToString(), port, services);
            foreach (var server in gateway.Servers.Where(server => server.Port == port))
            {
                AddServer(hosts, model, builder, server);
            }
        }

        return new(hosts.Select(host => (host.Key, host.Value with { Routes = MatchAllsLast(host.Value.Routes) })));
    }

    private static void AddServer(Dictionary<string, VirtualHost> hosts, MeshModel model, RouteBuilder builder, GatewayServer server)
    {
        foreach (var virtualService in model.VirtualServices.Where(service => service.Gateways.Contains(builder.GatewayName)))
        {
            var serverHosts = server.Hosts.Where(host => host.Takes(virtualService.Name.Namespace)).Select(host => host.Host);
            var common = HostName.Intersection(serverHosts, virtualService.Hosts);
            var routes = common.Count > 0 ? builder.Build(virtualService) : [];
            foreach (var host in routes.Count > 0 ? common : [])
            {
                Add(hosts, host, routes, server.HttpsRedirect);
            }
        }

        // A redirecting server answers for its hosts even without a VirtualService.
        foreach (var host in server.Hosts.Where(host => server.HttpsRedirect && host.Namespace is null))
        {
            Add(hosts, host.Host, [], requiresTls: true);
        }
    }

    private static void Add(Dictionary<string, VirtualHost> hosts, string host, IReadOnlyList<Route> routes, bool requiresTls)
    {
        var known = hosts.GetValueOrDefault(host) ?? new VirtualHost([], RequiresTls: false);
        hosts[host] = new([.. known.Routes, .. routes], known.RequiresTls || requiresTls);
    }

    private static IReadOnlyList<Route> MatchAllsLast(IReadOnlyList<Route> routes) => [.. routes.OrderBy(route => route.Match.IsCatchAll)];
}

/// <summary>
/// Builds the outbound table of a sidecar for one port (istio pilot/pkg/networking/core/httproute.go, BuildSidecarOutboundVirtualHosts):
/// the Services with that port, each routed by the first VirtualService of the mesh for it, else straight to its pods.
/// </summary>
internal sealed class SidecarTable
{
    private readonly MeshModel _model;
    private readonly PodIdentity _pod;
    private readonly Dictionary<string, Service> _services;
    private readonly RouteBuilder _builder;
    private readonly Dictionary<string, VirtualHost> _domains = new(StringComparer.OrdinalIgnoreCase);

    private SidecarTable(MeshModel model, PodIdentity pod, int port)
    {
        _model = model;
        _pod = pod;
        _services = model.Services
            .Where(service => service.PortOf(port) is not null)
            .ToDictionary(service => service.Host, service => service with { Ports = [service.PortOf(port)!] });
        _builder = new(pod, VirtualService.Mesh, port, _services);
    }

    public static RouteTable Build(MeshModel model, PodIdentity pod, int port)
    {
        var table = new SidecarTable(model, pod, port);
        var routed = new HashSet<string>();
        foreach (var virtualService in model.VirtualServices.Where(service => service.Gateways.Contains(VirtualService.Mesh)))
        {
            table.AddVirtualService(virtualService, routed);
        }

        foreach (var service in table._services.Values.Where(service => !routed.Contains(service.Host)))
        {
            table.AddService(service.Host, [table.DefaultRoute(service)]);
        }

        return new(table._domains.Select(domain => (domain.Key, domain.Value)));
    }

    private void AddVirtualService(VirtualService virtualService, HashSet<string> routed)
    {
        var routes = _builder.Build(virtualService);
        var services = _services.Keys.Where(host => IsFor(virtualService, host)).ToList();

        // Hosts outside of the registry are known on port 80 only, a limitation that Istio calls a hack.
        if (routes.Count == 0 || (services.Count == 0 && _builder.ListenPort != 80))
        {
            return;
        }

        foreach (var host in virtualService.Hosts.Where(host => !_services.Keys.Any(service => HostName.IsSubsetOf(service, host))))
        {
            _domains.TryAdd(host, new(routes, RequiresTls: false));
        }

        foreach (var host in services)
        {
            AddService(host, routes);
            routed.Add(host);
        }
    }

    /// <summary>A Service belongs to the VirtualService that names it; if none does, to the one with the most specific wildcard (sidecar.go).</summary>
    private bool IsFor(VirtualService virtualService, string service) => virtualService.Hosts.Contains(service)
        || (virtualService.Hosts.Any(host => HostName.IsWildcard(host) && HostName.IsSubsetOf(service, host))
            && MostSpecificOwner(service) == virtualService);

    private VirtualService? MostSpecificOwner(string service)
    {
        var mesh = _model.VirtualServices.Where(candidate => candidate.Gateways.Contains(VirtualService.Mesh)).ToList();
        var best = HostName.MostSpecific(service, mesh.SelectMany(candidate => candidate.Hosts));
        return mesh.Find(candidate => best is not null && candidate.Hosts.Contains(best));
    }

    private void AddService(string host, IReadOnlyList<Route> routes)
    {
        foreach (var domain in ServiceDomains.Of(host, _pod.Namespace))
        {
            _domains.TryAdd(domain, new(routes, RequiresTls: false));
        }
    }

    private Route DefaultRoute(Service service) => new(
        null,
        "default",
        new(null),
        new ForwardAction(
            [new(ClusterName.Outbound(service.Host, _builder.ListenPort, null), 1, HeaderOperations.None)], [], null, null, null, RetryPolicy.Default),
        null,
        HeaderOperations.None);
}

/// <summary>
/// The names by which a sidecar's application may call a Service (istio httproute.go, GenerateAltVirtualHosts and
/// generateAltVirtualHostsForKubernetesService).
/// </summary>
internal static class ServiceDomains
{
    /// <param name="host"><c>name.namespace.svc.cluster.local</c>.</param>
    /// <param name="callerNamespace">The caller may leave out its own namespace.</param>
    public static IReadOnlyList<string> Of(string host, string callerNamespace)
    {
        var parts = host.Split('.', 3);
        var (name, ns) = (parts[0], parts[1]);
        IReadOnlyList<string> everywhere = [host, $"{host}.", $"{name}.{ns}.svc", $"{name}.{ns}"];
        return ns == callerNamespace ? [.. everywhere, name] : everywhere;
    }
}
