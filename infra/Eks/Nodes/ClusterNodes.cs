using System.Globalization;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Eks.Identity;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Eks.Nodes;

/// <summary>
/// The nodes: one pool of our own, because AWS's built-in pools take no tags. Whatever runs in the cluster depends on this component, so
/// that at destroy the nodes go after the pods and before the cluster.
/// </summary>
internal sealed class ClusterNodes : ComponentResource
{
    // Not "default": that is the name of the class that EKS makes for its built-in pools.
    private const string ObjectName = "gopher-mesh";

    // Our images and Istio's exist for both architectures; the cheapest instance that fits wins.
    private static readonly (string Key, string[] Values)[] Requirements =
    [
        ("kubernetes.io/arch", ["amd64", "arm64"]),
        ("karpenter.sh/capacity-type", ["on-demand"]),
        ("eks.amazonaws.com/instance-category", ["c", "m", "r"]),
        ("eks.amazonaws.com/instance-cpu", ["2", "4", "8"]),
    ];

    // A disruption budget that can never be met must not block the drain of a node, or a destroy, for ever.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(30);

    // Both kinds are gone only when their last node is, because Pulumi deletes with foreground propagation. It waits five or ten minutes
    // by default (pulumi-kubernetes, provider/pkg/await); this is the time of a drain, plus the time that instances take to end.
    private static readonly TimeSpan DeleteTimeout = DrainLimit + TimeSpan.FromMinutes(10);

    public ClusterNodes(
        string name,
        EksPlan plan,
        ClusterNetwork network,
        ServiceRole nodeRole,
        Output<string> clusterSecurityGroupId,
        ComponentResourceOptions options)
        : base("gopher-mesh:eks:Nodes", name, options)
    {
        // Auto Mode enforces NetworkPolicies only if this ConfigMap enables it (EKS user guide, "auto-net-pol").
        var enforcePolicies = new ConfigMap(
            $"{name}-network-policy",
            new()
            {
                Metadata = new ObjectMetaArgs { Name = "amazon-vpc-cni", Namespace = "kube-system", Annotations = Ownership.Alone },
                Data = { ["enable-network-policy-controller"] = "true" },
            },
            new() { Parent = this });

        var nodeClass = new NodeClass(
            name,
            new()
            {
                Metadata = new ObjectMetaArgs { Name = ObjectName, Annotations = Ownership.Alone },
                Spec = new NodeClassSpecArgs
                {
                    Role = nodeRole.Role.Name,
                    SubnetSelectorTerms = [.. network.PrivateSubnetIds.Select(id => new SelectorTermArgs { Id = id })],
                    SecurityGroupSelectorTerms = [new SelectorTermArgs { Id = clusterSecurityGroupId }],
                    NetworkPolicy = "DefaultAllow",
                    Tags = plan.Tags.ToInputs(),
                },
            },
            new() { Parent = this, DependsOn = [enforcePolicies], CustomTimeouts = new() { Delete = DeleteTimeout } });

        _ = new NodePool(
            name,
            new() { Metadata = new ObjectMetaArgs { Name = ObjectName, Annotations = Ownership.Alone }, Spec = Pool(plan.Settings) },
            new() { Parent = this, DependsOn = [nodeClass], CustomTimeouts = new() { Delete = DeleteTimeout } });
        RegisterOutputs();
    }

    private static NodePoolSpecArgs Pool(EksSettings eks) => new()
    {
        Template = new NodeTemplateArgs
        {
            Spec = new NodeTemplateSpecArgs
            {
                NodeClassRef = new NodeClassRefArgs { Group = "eks.amazonaws.com", Kind = "NodeClass", Name = ObjectName },
                Requirements = [.. Requirements.Select(RequirementOf)],
                // Expiry ignores the window (Karpenter, "Disruption"). So with a window a node expires as late as Auto Mode allows, after three
                // weeks (EKS user guide, "automode"): a newer image has replaced it before.
                ExpireAfter = eks.NodeMaintenanceWindow is null ? "336h" : "504h",
                TerminationGracePeriod = $"{DrainLimit.TotalMinutes:0}m",
            },
        },
        Disruption = eks.NodeMaintenanceWindow is { } window
            ? new DisruptionArgs { ConsolidationPolicy = "WhenEmptyOrUnderutilized", ConsolidateAfter = "5m", Budgets = [.. Budgets(window)] }
            : new DisruptionArgs { ConsolidationPolicy = "WhenEmptyOrUnderutilized", ConsolidateAfter = "5m" },
        Limits = { ["cpu"] = eks.NodeCpuLimit.ToString(CultureInfo.InvariantCulture) },
    };

    // A budget can only forbid, so it is active from the window's end to its next start. Empty nodes may go at any time, since nothing
    // runs there. The first budget repeats Karpenter's default, which applies only if no budget is named.
    private static IEnumerable<BudgetArgs> Budgets(MaintenanceWindow window)
    {
        var closed = window.Period - window.Length;
        yield return new() { Nodes = "10%" };
        yield return new()
        {
            Nodes = "0",
            Reasons = ["Drifted", "Underutilized"],
            Schedule = $"{window.End.Minutes} {window.End.Hours} * * {(window.IsDaily ? "*" : window.End.Days)}",
            Duration = $"{(int)closed.TotalHours}h{closed.Minutes}m",
        };
    }

    private static RequirementArgs RequirementOf((string Key, string[] Values) requirement) =>
        new() { Key = requirement.Key, Operator = "In", Values = [.. requirement.Values] };
}
