using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Mesh;
using Pulumi;
using Pulumi.Kubernetes.Policy.V1;
using Pulumi.Kubernetes.Types.Inputs.Apps.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Kubernetes.Types.Inputs.Policy.V1;
using Deployment = Pulumi.Kubernetes.Apps.V1.Deployment;

namespace GopherMesh.Infra.Gophers;

/// <summary>What runs as one Deployment: a service, or one version of it.</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Version">The version; null for a service without versions.</param>
/// <param name="Image">The image.</param>
/// <param name="Replicas">How many pods; with an autoscaler, how many at first.</param>
/// <param name="Scaling">What its autoscaler may do; null where it has none.</param>
/// <param name="Environment">Variables beyond those that every service gets.</param>
/// <param name="Reports">Whether its pods serve metrics and send spans.</param>
/// <param name="CallsOthers">Whether its pods call other services, so that their proxies are to count by version.</param>
/// <param name="HasAwsRole">Whether its pods ask the agent on their node for the credentials of an IAM role.</param>
internal sealed record GopherWorkload(
    string Service,
    string? Version,
    Input<string> Image,
    int Replicas,
    Autoscaling? Scaling,
    IReadOnlyList<(string Name, string Value)> Environment,
    bool Reports,
    bool CallsOthers,
    bool HasAwsRole)
{
    /// <summary>Name of the Deployment.</summary>
    public string Name => Version is null ? Service : Names.OfVersion(Service, Version);

    /// <summary>The labels that set its pods apart from all others.</summary>
    public Dictionary<string, string> Selector => Version is null
        ? new() { [Names.AppLabel] = Service }
        : new() { [Names.AppLabel] = Service, [Names.VersionLabel] = Version };
}

/// <summary>The pods of a workload, and how many of them may be missing.</summary>
internal static class GopherDeployment
{
    /// <summary>Declares a Deployment and, where it may have more than one pod, its budget, as children of <paramref name="parent"/>.</summary>
    /// <remarks>
    /// With an autoscaler <c>spec.replicas</c> is declared still, and its changes are ignored: the Deployment begins with as many pods, and
    /// from then on Pulumi's provider sends the field as it is while no one else has set it, and not at all once the autoscaler has
    /// (handleSSAIgnoreFields in pulumi-kubernetes' provider/pkg/await/await.go). Left out, it would be given up, and the API server would
    /// set it to 1 until the autoscaler had looked ("Migrating Deployments and StatefulSets to horizontal autoscaling" in Kubernetes'
    /// documents on horizontal pod autoscaling).
    /// </remarks>
    /// <param name="workload">What runs.</param>
    /// <param name="home">Where.</param>
    /// <param name="parent">The component that it belongs to.</param>
    /// <param name="after">What must exist before the first pod.</param>
    public static Deployment Declare(GopherWorkload workload, GopherNamespace home, Resource parent, params IEnumerable<Resource> after)
    {
        // Without an autoscaler the number of pods is the stack's: it can be taken back from one that was there, and from an edit by hand.
        var metadata = workload.Scaling is null ? home.Metadata(workload.Name, workload.Selector) : home.SharedMetadata(workload.Name, workload.Selector);
        var deployment = new Deployment(
            workload.Name,
            new DeploymentArgs { Metadata = metadata, Spec = Spec(workload) },
            new() { Parent = parent, DependsOn = [home.Resource, .. after], IgnoreChanges = workload.Scaling is null ? [] : ["spec.replicas"] });
        if ((workload.Scaling?.Most ?? workload.Replicas) > 1)
        {
            _ = new PodDisruptionBudget(
                workload.Name,
                new PodDisruptionBudgetArgs { Metadata = home.Metadata(workload.Name, workload.Selector), Spec = Budget(workload) },
                new() { Parent = parent, DependsOn = [home.Resource] });
        }

        return deployment;
    }

    private static DeploymentSpecArgs Spec(GopherWorkload workload) => new()
    {
        Replicas = workload.Replicas,
        RevisionHistoryLimit = 3,

        // Seconds; below the ten minutes after which Pulumi gives up, so that the reason is Kubernetes' own.
        ProgressDeadlineSeconds = 300,
        Selector = new LabelSelectorArgs { MatchLabels = workload.Selector },
        Strategy = new DeploymentStrategyArgs
        {
            // A new pod is ready before an old one goes.
            Type = "RollingUpdate",
            RollingUpdate = new RollingUpdateDeploymentArgs { MaxSurge = 1, MaxUnavailable = 0 },
        },
        Template = GopherPod.Of(workload),
    };

    // One at a time lets a node drain; with a single pod a budget would either protect nothing or block the drain for ever.
    private static PodDisruptionBudgetSpecArgs Budget(GopherWorkload workload) => new()
    {
        MaxUnavailable = 1,
        Selector = new LabelSelectorArgs { MatchLabels = workload.Selector },
        UnhealthyPodEvictionPolicy = "AlwaysAllow",
    };
}
