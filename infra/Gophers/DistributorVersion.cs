using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;
using Deployment = Pulumi.Kubernetes.Apps.V1.Deployment;

namespace GopherMesh.Infra.Gophers;

/// <summary>
/// One version of the distributor: its subset, then its pods. Each version has a DestinationRule of its own, which Istio merges with
/// the others of the host, so that adding or removing one touches no other; whatever routes to the version depends on both.
/// </summary>
internal sealed class DistributorVersion : ComponentResource
{
    public DistributorVersion(
        string version, StackSettings settings, GopherNamespace home, Distributor parent, params IEnumerable<Resource> after)
        : base("gopher-mesh:gophers:DistributorVersion", Names.Of(version), new ComponentResourceOptions { Parent = parent })
    {
        Image = ImageOf(version, settings, home.Cluster);
        var workload = new Workload(
            Names.Of(version), Names.Distributor, version, Image, settings.Gophers.DistributorReplicas,
            [(GopherEnvironment.Version, version)], settings.Observability.Enabled);
        Subset = new DestinationRule(
            workload.Name,
            new DestinationRuleArgs
            {
                Metadata = home.Metadata(workload.Name, workload.Selector),
                Spec = new DestinationRuleSpecArgs
                {
                    Host = Names.Host(Names.Distributor, home.Name),
                    Subsets = new SubsetArgs
                    {
                        Name = version,
                        Labels = new InputMap<string> { { Names.VersionLabel, version } },
                        TrafficPolicy = TrafficPolicies.Default(),
                    },
                },
            },
            new() { Parent = this, DependsOn = [home.Resource] });
        Pods = GopherDeployment.Declare(workload, home, this, [.. after, Subset]);
        RegisterOutputs();
    }

    public DestinationRule Subset { get; }

    public Deployment Pods { get; }

    public Input<string> Image { get; }

    private static Input<string> ImageOf(string version, StackSettings settings, ClusterHandle cluster) =>
        settings.Rollout.Versions[version] is { Length: > 0 } image ? image : cluster.PublishedImage(Names.Distributor);
}
