namespace Pulumi.Kubernetes.Types.Inputs.Networking.V1;

public class NetworkPolicySpecArgs : ResourceArgs
{
    [field: Input("egress")]
    public InputList<NetworkPolicyEgressRuleArgs> Egress { get => field ??= []; set; }

    [field: Input("ingress")]
    public InputList<NetworkPolicyIngressRuleArgs> Ingress { get => field ??= []; set; }

    [Input("podSelector", required: true)]
    public Input<Meta.V1.LabelSelectorArgs> PodSelector { get; set; } = null!;

    [field: Input("policyTypes")]
    public InputList<string> PolicyTypes { get => field ??= []; set; }
}

public class NetworkPolicyEgressRuleArgs : ResourceArgs
{
    [field: Input("ports")]
    public InputList<NetworkPolicyPortArgs> Ports { get => field ??= []; set; }

    [field: Input("to")]
    public InputList<NetworkPolicyPeerArgs> To { get => field ??= []; set; }
}

public class NetworkPolicyIngressRuleArgs : ResourceArgs
{
    [field: Input("from")]
    public InputList<NetworkPolicyPeerArgs> From { get => field ??= []; set; }

    [field: Input("ports")]
    public InputList<NetworkPolicyPortArgs> Ports { get => field ??= []; set; }
}

public class NetworkPolicyPeerArgs : ResourceArgs
{
    [Input("ipBlock")]
    public Input<IPBlockArgs>? IpBlock { get; set; }

    [Input("namespaceSelector")]
    public Input<Meta.V1.LabelSelectorArgs>? NamespaceSelector { get; set; }

    [Input("podSelector")]
    public Input<Meta.V1.LabelSelectorArgs>? PodSelector { get; set; }
}

public class NetworkPolicyPortArgs : ResourceArgs
{
    [Input("endPort")]
    public Input<int>? EndPort { get; set; }

    [Input("port")]
    public InputUnion<int, string>? Port { get; set; }

    [Input("protocol")]
    public Input<string>? Protocol { get; set; }
}

public class IPBlockArgs : ResourceArgs
{
    [Input("cidr", required: true)]
    public Input<string> Cidr { get; set; } = null!;

    [field: Input("except")]
    public InputList<string> Except { get => field ??= []; set; }
}
