using System.Collections.Immutable;
using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Gophers;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
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
        var settings = StackSettings.Read(StackConfig.Read());
        var plan = RoutingPlan.For(settings.Rollout);

        var cluster = Cluster(settings, warn);
        var mesh = new IstioMesh(settings.Mesh, MeshTelemetry.IstiodValues(settings.Observability), cluster);
        ObservabilityStack.Declare(settings, cluster, mesh);

        var home = GopherNamespace.Declare(settings, cluster, mesh);
        var security = new MeshSecurity(settings, mesh, home);
        var distributor = new Distributor(settings, home, security);
        var requester = new Requester(settings, home, security);

        _ = new MeshRoutes(plan, settings.Mesh, settings.Eks.LoadBalancer.CertificateArn is not null, home, requester, distributor);

        return Outputs(settings, plan, cluster, mesh, RunningImages.Of(requester, distributor));
    }

    private static ClusterHandle Cluster(StackSettings settings, Action<string> warn) => settings.Cluster.Kind switch
    {
        ClusterKind.Existing => ExistingCluster.Declare(settings.Cluster),
        ClusterKind.Eks => OwnCluster.Declare(settings, warn),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Cluster.Kind, "not a kind of cluster"),
    };

    private static Dictionary<string, object?> Outputs(
        StackSettings settings, RoutingPlan plan, ClusterHandle cluster, IstioMesh mesh, Output<ImmutableDictionary<string, string>> images)
    {
        var url = GatewayAddress.Url(settings, cluster, mesh);
        var outputs = new Dictionary<string, object?>
        {
            ["url"] = url,
            ["curl"] = GatewayAddress.Curl(settings, url, cluster, mesh),
            ["portForward"] = GatewayAddress.PortForward(settings),
            ["trafficSplit"] = plan.InWords,
            ["images"] = images,
            ["observability"] = ObservabilityStack.Commands(settings),
            ["kubeconfig"] = cluster.Kubeconfig,
        };
        return outputs.Where(output => output.Value is not null).ToDictionary();
    }
}
