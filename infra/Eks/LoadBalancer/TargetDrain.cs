namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// How a gateway's pod ends, in seconds. A network load balancer takes three to five minutes to take up or to forget a target by IP
/// (kubernetes-sigs/aws-load-balancer-controller#1834, quoting AWS Support; istio/istio#35964), and sends it connections meanwhile. The
/// pod serves through that, then closes what is left politely, and only then goes.
/// </summary>
internal static class TargetDrain
{
    /// <summary>How long the load balancer keeps connections to a pod that it has begun to forget; ELB's own default is 300.</summary>
    public const int DeregistrationSeconds = 180;

    /// <summary>How long the load balancer may take to take up a pod, or to hear that one is going.</summary>
    public const int TargetChangeSeconds = 300;

    /// <summary>How long the pod serves on as if nothing were; some seconds more, since the load balancer hears of it later than the pod.</summary>
    public const int PauseSeconds = TargetChangeSeconds + 20;

    /// <summary>How long the proxy then answers with <c>Connection: close</c> and takes no more connections.</summary>
    public const int ProxySeconds = 30;

    /// <summary>After how long Kubernetes ends it in any case.</summary>
    public const int GraceSeconds = PauseSeconds + ProxySeconds + 10;
}
