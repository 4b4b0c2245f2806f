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
