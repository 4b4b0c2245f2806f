namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// How a gateway's pod ends, in seconds. A network load balancer goes on sending new connections to a target that it has been told to
/// forget, for up to three minutes (istio/istio#35964), and existing ones for as long as the deregistration delay. The pod serves
/// through both, then closes what is left politely, and only then goes.
/// </summary>
internal static class Drain
{
    /// <summary>How long the load balancer keeps connections to a pod that is going.</summary>
    public const int DeregistrationSeconds = 180;

    /// <summary>How long the pod serves on as if nothing were; some seconds more, since the load balancer hears of it later than the pod.</summary>
    public const int PauseSeconds = DeregistrationSeconds + 20;

    /// <summary>How long the proxy then answers with <c>Connection: close</c> and takes no more connections.</summary>
    public const int ProxySeconds = 30;

    /// <summary>After how long Kubernetes ends it in any case.</summary>
    public const int GraceSeconds = PauseSeconds + ProxySeconds + 10;
}
