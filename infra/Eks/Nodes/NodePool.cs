using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Eks.Nodes;

/// <summary>Which instances Auto Mode may start and when it replaces them (Karpenter's NodePool; EKS user guide, "create-node-pool").</summary>
internal sealed class NodePool(string name, NodePoolArgs args, CustomResourceOptions options) : CustomResource(name, args, options);

internal sealed class NodePoolArgs() : CustomResourceArgs("karpenter.sh/v1", "NodePool")
{
    [Input("spec", required: true)]
    public required Input<NodePoolSpecArgs> Spec { get; init; }
}

internal sealed class NodePoolSpecArgs : ResourceArgs
{
    [Input("template", required: true)]
    public required Input<NodeTemplateArgs> Template { get; init; }

    [Input("disruption")]
    public Input<DisruptionArgs>? Disruption { get; init; }

    /// <summary>The most that all nodes of the pool may have, by resource name.</summary>
    [Input("limits")]
    public InputMap<string> Limits { get; init; } = [];
}

internal sealed class NodeTemplateArgs : ResourceArgs
{
    [Input("spec", required: true)]
    public required Input<NodeTemplateSpecArgs> Spec { get; init; }
}

internal sealed class NodeTemplateSpecArgs : ResourceArgs
{
    [Input("nodeClassRef", required: true)]
    public required Input<NodeClassRefArgs> NodeClassRef { get; init; }

    [Input("requirements", required: true)]
    public required InputList<RequirementArgs> Requirements { get; init; }

    /// <summary>The age at which a node is replaced, as a duration such as <c>336h</c>.</summary>
    [Input("expireAfter")]
    public Input<string>? ExpireAfter { get; init; }

    /// <summary>How long a drain waits for disruption budgets before it stops the pods in spite of them.</summary>
    [Input("terminationGracePeriod")]
    public Input<string>? TerminationGracePeriod { get; init; }
}

internal sealed class NodeClassRefArgs : ResourceArgs
{
    [Input("group", required: true)]
    public required Input<string> Group { get; init; }

    [Input("kind", required: true)]
    public required Input<string> Kind { get; init; }

    [Input("name", required: true)]
    public required Input<string> Name { get; init; }
}

/// <summary>A condition on an instance, in the form of a node selector requirement.</summary>
internal sealed class RequirementArgs : ResourceArgs
{
    [Input("key", required: true)]
    public required Input<string> Key { get; init; }

    [Input("operator", required: true)]
    public required Input<string> Operator { get; init; }

    [Input("values", required: true)]
    public required InputList<string> Values { get; init; }
}

internal sealed class DisruptionArgs : ResourceArgs
{
    [Input("consolidationPolicy", required: true)]
    public required Input<string> ConsolidationPolicy { get; init; }

    [Input("consolidateAfter", required: true)]
    public required Input<string> ConsolidateAfter { get; init; }

    /// <summary>How many nodes may be disrupted at once; the strictest of those that are active counts. None: 10 percent.</summary>
    [Input("budgets")]
    public InputList<BudgetArgs>? Budgets { get; init; }
}

internal sealed class BudgetArgs : ResourceArgs
{
    /// <summary>A number, or a percentage that is rounded up.</summary>
    [Input("nodes", required: true)]
    public required Input<string> Nodes { get; init; }

    /// <summary>The reasons that it applies to; none: all.</summary>
    [Input("reasons")]
    public InputList<string>? Reasons { get; init; }

    /// <summary>When it becomes active, as a cron expression in UTC; none: it is always active.</summary>
    [Input("schedule")]
    public Input<string>? Schedule { get; init; }

    /// <summary>How long it then stays active, in hours and minutes such as <c>162h30m</c>.</summary>
    [Input("duration")]
    public Input<string>? Duration { get; init; }
}

/// <summary>What Auto Mode's instances are made of (EKS user guide, "create-node-class").</summary>
internal sealed class NodeClass(string name, NodeClassArgs args, CustomResourceOptions options) : CustomResource(name, args, options);

internal sealed class NodeClassArgs() : CustomResourceArgs("eks.amazonaws.com/v1", "NodeClass")
{
    [Input("spec", required: true)]
    public required Input<NodeClassSpecArgs> Spec { get; init; }
}

internal sealed class NodeClassSpecArgs : ResourceArgs
{
    /// <summary>The name of the nodes' IAM role.</summary>
    [Input("role", required: true)]
    public required Input<string> Role { get; init; }

    [Input("subnetSelectorTerms", required: true)]
    public required InputList<SelectorTermArgs> SubnetSelectorTerms { get; init; }

    [Input("securityGroupSelectorTerms", required: true)]
    public required InputList<SelectorTermArgs> SecurityGroupSelectorTerms { get; init; }

    /// <summary>What happens to the traffic of a pod that no NetworkPolicy selects: <c>DefaultAllow</c> or <c>DefaultDeny</c>.</summary>
    [Input("networkPolicy", required: true)]
    public required Input<string> NetworkPolicy { get; init; }

    /// <summary>Tags of the instances, their volumes and their network interfaces.</summary>
    [Input("tags")]
    public InputMap<string> Tags { get; init; } = [];
}

/// <summary>Selects one subnet or security group by its ID.</summary>
internal sealed class SelectorTermArgs : ResourceArgs
{
    [Input("id", required: true)]
    public required Input<string> Id { get; init; }
}
