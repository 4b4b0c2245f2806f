using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Infra;

/// <summary>The system, as one reads it.</summary>
public static class GopherMeshStack
{
    /// <summary>Declares all that the stack's configuration asks for, and returns the stack's outputs; warns in the engine's log.</summary>
    /// <exception cref="SettingsException">The configuration is wrong; nothing was declared.</exception>
    public static IDictionary<string, object?> Declare() => Declare(message => Log.Warn(message));

    /// <summary>The same with warnings that go where the caller says, since under mocks the engine's log drops them.</summary>
    /// <exception cref="SettingsException">The configuration is wrong; nothing was declared.</exception>
    public static IDictionary<string, object?> Declare(Action<string> warn)
    {
        var settings = Settings.Read(StackConfig.Read());
        var plan = RoutingPlan.For(settings.Rollout);

        var cluster = Clusters.Declare(settings, warn);
        var mesh = new IstioMesh(settings.Mesh, settings.Observability, cluster);
        Observability.Declare(settings, cluster, mesh);

        var home = GopherNamespace.Declare(settings, cluster, mesh);
        var security = new MeshSecurity(settings, mesh, home);
        var distributor = new Distributor(settings, home, security);
        var requester = new Requester(settings, home, security);

        _ = new Routes(plan, settings.Mesh, settings.Eks.LoadBalancer.CertificateArn is not null, home, requester, distributor);

        return Outputs(settings, plan, cluster, mesh, RunningImages.Of(requester, distributor));
    }

    private static Dictionary<string, object?> Outputs(
        Settings settings, RoutingPlan plan, ClusterHandle cluster, IstioMesh mesh, Output<ImmutableDictionary<string, string>> images)
    {
        var url = GatewayAddress.Url(settings, cluster, mesh);
        var outputs = new Dictionary<string, object?>
        {
            ["url"] = url,
            ["curl"] = GatewayAddress.Curl(settings, url, cluster, mesh),
            ["portForward"] = GatewayAddress.PortForward(settings),
            ["trafficSplit"] = plan.InWords,
            ["images"] = images,
            ["observability"] = Observability.Commands(settings),
            ["kubeconfig"] = cluster.Kubeconfig,
        };
        return outputs.Where(output => output.Value is not null).ToDictionary();
    }
}
