namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class ServiceSpecArgs : ResourceArgs
{
    [Input("allocateLoadBalancerNodePorts")]
    public Input<bool>? AllocateLoadBalancerNodePorts { get; set; }

    [Input("clusterIP")]
    public Input<string>? ClusterIP { get; set; }

    [field: Input("externalIPs")]
    public InputList<string> ExternalIPs { get => field ??= []; set; }

    [Input("externalName")]
    public Input<string>? ExternalName { get; set; }

    [Input("externalTrafficPolicy")]
    public Input<string>? ExternalTrafficPolicy { get; set; }

    [Input("internalTrafficPolicy")]
    public Input<string>? InternalTrafficPolicy { get; set; }

    [field: Input("ipFamilies")]
    public InputList<string> IpFamilies { get => field ??= []; set; }

    [Input("ipFamilyPolicy")]
    public Input<string>? IpFamilyPolicy { get; set; }

    [Input("loadBalancerClass")]
    public Input<string>? LoadBalancerClass { get; set; }

    [field: Input("loadBalancerSourceRanges")]
    public InputList<string> LoadBalancerSourceRanges { get => field ??= []; set; }

    [field: Input("ports")]
    public InputList<ServicePortArgs> Ports { get => field ??= []; set; }

    [Input("publishNotReadyAddresses")]
    public Input<bool>? PublishNotReadyAddresses { get; set; }

    [field: Input("selector")]
    public InputMap<string> Selector { get => field ??= []; set; }

    [Input("sessionAffinity")]
    public Input<string>? SessionAffinity { get; set; }

    [Input("trafficDistribution")]
    public Input<string>? TrafficDistribution { get; set; }

    [Input("type")]
    public InputUnion<string, Pulumi.Kubernetes.Core.V1.ServiceSpecType>? Type { get; set; }
}

public class ServicePortArgs : ResourceArgs
{
    [Input("appProtocol")]
    public Input<string>? AppProtocol { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("nodePort")]
    public Input<int>? NodePort { get; set; }

    [Input("port", required: true)]
    public Input<int> Port { get; set; } = null!;

    [Input("protocol")]
    public Input<string>? Protocol { get; set; }

    [Input("targetPort")]
    public InputUnion<int, string>? TargetPort { get; set; }
}
