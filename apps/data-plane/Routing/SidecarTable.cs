using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

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
