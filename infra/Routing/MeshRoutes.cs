using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Gophers;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Routing;

/// <summary>
/// The way of a request: through the Gateway to the requester, and from there to the distributor's versions. A route is the last thing
/// to be declared and the first to change or go, so at every moment of an apply it names only what is there.
/// </summary>
public sealed class MeshRoutes : ComponentResource
{
    private readonly GopherNamespace _home;

    /// <summary>Declares the Gateway and both VirtualServices.</summary>
    public MeshRoutes(RoutingPlan plan, MeshSettings mesh, bool behindTls, GopherNamespace home, Requester requester, Distributor distributor)
        : base("gopher-mesh:routing:Routes", "routes", home.ForComponent())
    {
        _home = home;
        var gateway = new Gateway(
            Names.Gateway,
            new GatewayArgs { Metadata = home.Metadata(Names.Gateway), Spec = GatewaySpec(mesh, behindTls) },
            new() { Parent = this, DependsOn = [home.Resource] });
        var host = Names.Host(Names.Distributor, home.Name);
        Declare(
            Names.Distributor,
            new() { Hosts = host, Gateways = Api.Mesh, Http = [.. new DistributorRoutes(plan, host).All()] },
            distributor.Ready);
        Declare(
            Names.Requester,
            new()
            {
                Hosts = mesh.Hosts,
                Gateways = $"{home.Name}/{Names.Gateway}",
                Http = [.. RequesterRoutes.To(Names.Host(Names.Requester, home.Name), behindTls)],
            },
            [gateway, .. requester.Ready]);
        RegisterOutputs();
    }

    private void Declare(string name, VirtualServiceSpecArgs spec, IEnumerable<Resource> after) => _ = new VirtualService(
        name,
        new VirtualServiceArgs { Metadata = _home.Metadata(name), Spec = spec },
        new() { Parent = this, DependsOn = [_home.Resource, .. after] });

    private static GatewaySpecArgs GatewaySpec(MeshSettings mesh, bool behindTls) => new()
    {
        Selector = new InputMap<string> { { "istio", Names.GatewayLabel } },
        Servers = [.. GatewayServers.For(mesh.Hosts, behindTls)],
    };
}
