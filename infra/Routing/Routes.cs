using GopherMesh.Infra.Istio;
using Pulumi;

namespace GopherMesh.Infra;

/// <summary>
/// The way of a request: through the Gateway to the requester, and from there to the distributor's versions. A route is the last thing
/// to be declared and the first to change or go, so at every moment of an apply it names only what is there.
/// </summary>
public sealed class Routes : ComponentResource
{
    private readonly GopherNamespace _home;

    /// <summary>Declares the Gateway and both VirtualServices.</summary>
    public Routes(RoutingPlan plan, MeshSettings mesh, bool behindTls, GopherNamespace home, Requester requester, Distributor distributor)
        : base("gopher-mesh:routing:Routes", "routes", home.ForComponent())
    {
        _home = home;
        var gateway = new Gateway(
            Conventions.Gateway,
            new GatewayArgs { Metadata = home.Metadata(Conventions.Gateway), Spec = GatewaySpec(mesh, behindTls) },
            new() { Parent = this, DependsOn = [home.Resource] });
        var host = Conventions.Host(Conventions.Distributor, home.Name);
        Declare(
            Conventions.Distributor,
            new() { Hosts = host, Gateways = Api.Mesh, Http = [.. new DistributorRoutes(plan, host).All()] },
            distributor.Ready);
        Declare(
            Conventions.Requester,
            new()
            {
                Hosts = mesh.Hosts,
                Gateways = $"{home.Name}/{Conventions.Gateway}",
                Http = [.. RequesterRoutes.To(Conventions.Host(Conventions.Requester, home.Name), behindTls)],
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
        Selector = new InputMap<string> { { "istio", IstioMesh.GatewayLabel } },
        Servers = [.. GatewayServers.For(mesh.Hosts, behindTls)],
    };
}
