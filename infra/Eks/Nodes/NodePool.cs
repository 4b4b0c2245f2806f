using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Eks.Nodes;

/// <summary>Which instances Auto Mode may start and when it replaces them (Karpenter's NodePool; EKS user guide, "create-node-pool").</summary>
internal sealed class NodePool(string name, NodePoolArgs args, CustomResourceOptions options) : CustomResource(name, args, options);

internal sealed class NodePoolArgs() : CustomResourceArgs("karpenter.sh/v1", "NodePool")
{
    [Input("spec", required: true)]
    public Input<NodePoolSpecArgs> Spec { get; set; } = null!;
}

internal sealed class NodePoolSpecArgs : ResourceArgs
{
    [Input("template", required: true)]
    public Input<NodeTemplateArgs> Template { get; set; } = null!;

    [Input("disruption")]
    public Input<DisruptionArgs>? Disruption { get; set; }

    /// <summary>The most that all nodes of the pool may have, by resource name.</summary>
    [Input("limits")]
    public InputMap<string> Limits { get; set; } = [];
}

internal sealed class NodeTemplateArgs : ResourceArgs
{
    [Input("spec", required: true)]
    public Input<NodeTemplateSpecArgs> Spec { get; set; } = null!;
}

internal sealed class NodeTemplateSpecArgs : ResourceArgs
{
    [Input("nodeClassRef", required: true)]
    public Input<NodeClassRefArgs> NodeClassRef { get; set; } = null!;

    [Input("requirements", required: true)]
    public InputList<RequirementArgs> Requirements { get; set; } = [];

    /// <summary>The age at which a node is replaced, as a duration such as <c>336h</c>.</summary>
    [Input("expireAfter")]
    public Input<string>? ExpireAfter { get; set; }

    /// <summary>How long a drain waits for disruption budgets before it ends the pods all the same.</summary>
    [Input("terminationGracePeriod")]
    public Input<string>? TerminationGracePeriod { get; set; }
}

internal sealed class NodeClassRefArgs : ResourceArgs
{
    [Input("group", required: true)]
    public Input<string> Group { get; set; } = null!;

    [Input("kind", required: true)]
    public Input<string> Kind { get; set; } = null!;

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;
}

/// <summary>A condition on an instance, in the form of a node selector requirement.</summary>
internal sealed class RequirementArgs : ResourceArgs
{
    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("operator", required: true)]
    public Input<string> Operator { get; set; } = null!;

    [Input("values", required: true)]
    public InputList<string> Values { get; set; } = [];
}

internal sealed class DisruptionArgs : ResourceArgs
{
    [Input("consolidationPolicy", required: true)]
    public Input<string> ConsolidationPolicy { get; set; } = null!;

    [Input("consolidateAfter", required: true)]
    public Input<string> ConsolidateAfter { get; set; } = null!;
}
