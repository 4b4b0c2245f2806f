using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Eks.Nodes;

/// <summary>What Auto Mode's instances are made of (EKS user guide, "create-node-class").</summary>
internal sealed class NodeClass(string name, NodeClassArgs args, CustomResourceOptions options) : CustomResource(name, args, options);

internal sealed class NodeClassArgs() : CustomResourceArgs("eks.amazonaws.com/v1", "NodeClass")
{
    [Input("spec", required: true)]
    public Input<NodeClassSpecArgs> Spec { get; set; } = null!;
}

internal sealed class NodeClassSpecArgs : ResourceArgs
{
    /// <summary>The name of the nodes' IAM role.</summary>
    [Input("role", required: true)]
    public Input<string> Role { get; set; } = null!;

    [Input("subnetSelectorTerms", required: true)]
    public InputList<SelectorTermArgs> SubnetSelectorTerms { get; set; } = [];

    [Input("securityGroupSelectorTerms", required: true)]
    public InputList<SelectorTermArgs> SecurityGroupSelectorTerms { get; set; } = [];

    /// <summary>What passes where no NetworkPolicy selects a pod: <c>DefaultAllow</c> or <c>DefaultDeny</c>.</summary>
    [Input("networkPolicy", required: true)]
    public Input<string> NetworkPolicy { get; set; } = null!;

    /// <summary>Tags of the instances, their volumes and their network interfaces.</summary>
    [Input("tags")]
    public InputMap<string> Tags { get; set; } = [];
}

/// <summary>Selects one subnet or security group by its ID.</summary>
internal sealed class SelectorTermArgs : ResourceArgs
{
    [Input("id", required: true)]
    public Input<string> Id { get; set; } = null!;
}
