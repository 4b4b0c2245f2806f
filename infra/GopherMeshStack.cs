using System.Collections.Immutable;
using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Eks;
using GopherMesh.Infra.Eks.LoadBalancer;
using GopherMesh.Infra.Gophers;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra;

/// <summary>The whole system; this file reads as its description.</summary>
public static class GopherMeshStack
{
    /// <summary>Declares all that the stack's configuration asks for, and returns the stack's outputs; warns in the engine's log.</summary>
    /// <exception cref="SettingsException">The configuration is wrong, or cannot be deployed; nothing was declared.</exception>
    public static IDictionary<string, object?> Declare() => Declare(DateOnly.FromDateTime(DateTime.UtcNow));

    /// <summary>The same on a given day, in UTC: EKS keeps a version of Kubernetes for a time only.</summary>
    /// <exception cref="SettingsException">The configuration is wrong, or cannot be deployed on that day; nothing was declared.</exception>
    public static IDictionary<string, object?> Declare(DateOnly today)
    {
        var settings = StackSettings.Read(StackConfig.Read());
        if (settings.Cluster.Kind == ClusterKind.Eks)
        {
            SettingError?[] refused = [ApiAccess.LockedOut(settings.Eks), settings.Eks.SupportEnded(today)];
            if (refused.Any(error => error is not null))
            {
                throw new SettingsException([.. refused.OfType<SettingError>()]);
            }

            if (settings.Eks.SupportWarning(today) is { } warning)
            {
                Log.Warn(warning);
            }
        }

        return Declare(settings, message => Log.Warn(message));
    }

    /// <summary>
    /// The same for callers that deploy nothing: a configuration that could not be deployed is not refused, and they are warned of it. The caller passes a function for warnings,
    /// because under mocks the engine's log drops them.
    /// </summary>
    /// <exception cref="SettingsException">The configuration is wrong; nothing was declared.</exception>
    public static IDictionary<string, object?> DeclareForInspection(Action<string> warn) => Declare(StackSettings.Read(StackConfig.Read()), warn);

    private static Dictionary<string, object?> Declare(StackSettings settings, Action<string> warn)
    {
        var cluster = Cluster(settings, warn);
        var mesh = new IstioMesh(settings.Mesh, MeshTelemetry.IstiodValues(settings.Observability), cluster);
        var home = GopherNamespace.Declare(settings, cluster, mesh);
        ObservabilityStack.Declare(settings, cluster, mesh, home);

        var security = new MeshSecurity(settings, mesh, home,
        [
            // The requester itself decides which methods it accepts from outside; it calls the distributor with GET only.
            new(Caller.Gateway, Names.Requester),
            new(Caller.Service(Names.Requester, home.Name), Names.Distributor, "GET"),
        ]);
        var gateway = new MeshGateway(settings.Mesh, behindTls: settings.Eks.LoadBalancer.EndsTls, home);

        var distributor = new MeshService(Names.Distributor, new()
        {
            Security = security,
            Rollout = settings.Rollout,
            Replicas = settings.Gophers.DistributorReplicas,
            MaxReplicas = settings.Gophers.DistributorMaxReplicas,
            RolloutSteps = settings.Progress.Steps,
            Timeouts = Timeouts.Distributor,
        });
        var requester = new MeshService(Names.Requester, new()
        {
            Security = security,
            Gateway = gateway,
            Image = settings.Gophers.RequesterImage,
            Replicas = settings.Gophers.RequesterReplicas,
            MaxReplicas = settings.Gophers.RequesterMaxReplicas,
            Timeouts = Timeouts.Requester,
            Environment = GopherEnvironment.OfRequester(settings),
        });

        var balancer = GatewayAddress.Of(settings, cluster, mesh);
        if (balancer is not null)
        {
            cluster.PointNamesTo(balancer);
        }

        return Outputs(settings, cluster, balancer, requester, distributor);
    }

    private static ClusterHandle Cluster(StackSettings settings, Action<string> warn) => settings.Cluster.Kind switch
    {
        ClusterKind.Existing => ExistingCluster.Declare(settings.Cluster),
        ClusterKind.Eks => OwnCluster.Declare(settings, warn),
        _ => throw new ArgumentOutOfRangeException(nameof(settings), settings.Cluster.Kind, "not a kind of cluster"),
    };

    private static Dictionary<string, object?> Outputs(
        StackSettings settings, ClusterHandle cluster, Output<string?>? balancer, params IEnumerable<MeshService> services)
    {
        var url = GatewayAddress.Url(settings, balancer);
        var outputs = new Dictionary<string, object?>
        {
            ["url"] = url,
            ["curl"] = GatewayAddress.Curl(settings, url, balancer),
            ["portForward"] = GatewayAddress.PortForward(settings),
            ["trafficSplit"] = RoutingPlan.For(settings.Rollout).InWords,
            ["images"] = Images(services),
            ["observability"] = ObservabilityStack.Commands(settings),
            ["kubeconfig"] = cluster.Kubeconfig,
            ["destroy"] = settings.Cluster.Kind == ClusterKind.Eks ? TargetDrain.DestroyInWords : null,
        };
        return outputs.Where(output => output.Value is not null).ToDictionary();
    }

    // The values to write in the settings, so that the images that run now stay.
    private static Output<ImmutableDictionary<string, string>> Images(IEnumerable<MeshService> services)
    {
        var images = new InputMap<string>();
        foreach (var (workload, image) in services.SelectMany(service => service.Images))
        {
            images.Add(workload, image);
        }

        return images.ToOutput();
    }
}
