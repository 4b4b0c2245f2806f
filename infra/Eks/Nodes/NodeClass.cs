using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Eks.Nodes;

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
