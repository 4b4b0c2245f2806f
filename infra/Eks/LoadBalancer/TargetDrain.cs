namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// How a gateway's pod ends, in seconds. A network load balancer takes three to five minutes to add or to remove a target by IP
/// (kubernetes-sigs/aws-load-balancer-controller#1834, quoting AWS Support; istio/istio#35964), and sends it connections meanwhile. The
/// pod serves during that time, then closes the remaining connections with <c>Connection: close</c>, and then ends.
/// </summary>
internal static class TargetDrain
{
    /// <summary>How long the load balancer keeps connections to a pod that it deregisters; ELB's own default is 300.</summary>
    public const int DeregistrationSeconds = 180;

    /// <summary>How long the load balancer may take to add a pod as a target, or to stop sending it connections.</summary>
    public const int TargetChangeSeconds = 300;

    /// <summary>How long the pod goes on serving; some seconds more than the change takes, since the load balancer learns of the deletion later than the pod.</summary>
    public const int PauseSeconds = TargetChangeSeconds + 20;

    /// <summary>How long the proxy then answers with <c>Connection: close</c> and takes no more connections.</summary>
    public const int ProxySeconds = 30;

    /// <summary>The time after which Kubernetes kills the pod.</summary>
    public const int GraceSeconds = PauseSeconds + ProxySeconds + 10;
}
