using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Types.Outputs.Core.V1;

[OutputType]
public sealed class ServiceSpec
{
    public readonly string ClusterIP;
    public readonly ImmutableArray<string> ClusterIPs;
    public readonly string ExternalName;
    public readonly string ExternalTrafficPolicy;
    public readonly ImmutableArray<string> IpFamilies;
    public readonly string LoadBalancerClass;
    public readonly ImmutableArray<ServicePort> Ports;
    public readonly ImmutableDictionary<string, string> Selector;
    public readonly string Type;

    [OutputConstructor]
    private ServiceSpec(
        string clusterIP,
        ImmutableArray<string> clusterIPs,
        string externalName,
        string externalTrafficPolicy,
        ImmutableArray<string> ipFamilies,
        string loadBalancerClass,
        ImmutableArray<ServicePort> ports,
        ImmutableDictionary<string, string> selector,
        string type)
    {
        ClusterIP = clusterIP;
        ClusterIPs = clusterIPs;
        ExternalName = externalName;
        ExternalTrafficPolicy = externalTrafficPolicy;
        IpFamilies = ipFamilies;
        LoadBalancerClass = loadBalancerClass;
        Ports = ports;
        Selector = selector;
        Type = type;
    }
}

[OutputType]
public sealed class ServicePort
{
    public readonly string AppProtocol;
    public readonly string Name;
    public readonly int NodePort;
    public readonly int Port;
    public readonly string Protocol;
    public readonly Union<int, string> TargetPort;

    [OutputConstructor]
    private ServicePort(
        string appProtocol,
        string name,
        int nodePort,
        int port,
        string protocol,
        Union<int, string> targetPort)
    {
        AppProtocol = appProtocol;
        Name = name;
        NodePort = nodePort;
        Port = port;
        Protocol = protocol;
        TargetPort = targetPort;
    }
}

[OutputType]
public sealed class ServiceStatus
{
    public readonly LoadBalancerStatus LoadBalancer;

    [OutputConstructor]
    private ServiceStatus(LoadBalancerStatus loadBalancer)
        => LoadBalancer = loadBalancer;
}

[OutputType]
public sealed class LoadBalancerStatus
{
    public readonly ImmutableArray<LoadBalancerIngress> Ingress;

    [OutputConstructor]
    private LoadBalancerStatus(ImmutableArray<LoadBalancerIngress> ingress)
        => Ingress = ingress;
}

[OutputType]
public sealed class LoadBalancerIngress
{
    public readonly string Hostname;
    public readonly string Ip;
    public readonly string IpMode;

    [OutputConstructor]
    private LoadBalancerIngress(string hostname, string ip, string ipMode)
        => (Hostname, Ip, IpMode)
            = (hostname, ip, ipMode);
}
