using GopherMesh.Infra.Helm;
using Pulumi;

namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// The values of the gateway's chart on EKS: its Service gets Auto Mode's network load balancer (EKS user guide, "auto-configure-nlb"),
/// and its pods serve until the load balancer has deregistered them.
/// </summary>
internal static class LoadBalancerValues
{
    /// <summary>
    /// Labels of the gateway's namespace. With the label a new pod is ready only when the load balancer sends to it, so that a rollout or the
    /// end of a node never removes the last target. It is a label of Auto Mode that its user guide does not name (aws/containers-roadmap#2511).
    /// </summary>
    public static IReadOnlyDictionary<string, string> NamespaceLabels { get; } =
        new Dictionary<string, string> { ["eks.amazonaws.com/pod-readiness-gate-inject"] = "enabled" };

    /// <summary>The port for requests whose TLS the load balancer has terminated, so that the gateway can tell them from plain HTTP.</summary>
    private const int BehindTlsPort = 8443;

    /// <summary>The values of the chart <c>gateway</c>.</summary>
    /// <param name="plan">The cluster.</param>
    /// <param name="certificateArn">The ARN of the certificate with which the load balancer serves HTTPS; null for HTTP only.</param>
    public static Map For(EksPlan plan, Input<string>? certificateArn) => new()
    {
        ["service"] = Service(plan, certificateArn),
        ["podAnnotations"] = new Map
        {
            ["proxy.istio.io/config"] = $$"""{"terminationDrainDuration": "{{TargetDrain.ProxySeconds}}s"}""",
        },
        ["lifecycle"] = new Map
        {
            ["preStop"] = new Map { ["sleep"] = new Map { ["seconds"] = TargetDrain.PauseSeconds } },
        },
        ["terminationGracePeriodSeconds"] = TargetDrain.GraceSeconds,
    };

    private static Map Service(EksPlan plan, Input<string>? certificateArn)
    {
        var balancer = plan.Settings.LoadBalancer;
        return new()
        {
            ["type"] = "LoadBalancer",
            ["loadBalancerClass"] = "eks.amazonaws.com/nlb",
            ["loadBalancerSourceRanges"] = balancer.AllowedCidrs.ToArray<object>(),
            // The load balancer reaches the pods by their own addresses.
            ["allocateLoadBalancerNodePorts"] = false,
            ["annotations"] = LoadBalancerAnnotations.For(plan, certificateArn),
            // The port of the health checks is not among them: they reach the pods directly, and nobody else has to.
            ["ports"] = certificateArn is null ? new object[] { Values.ServicePort("http2", 80, 80) } : [Values.ServicePort("http2", 80, 80), Values.ServicePort("https", 443, BehindTlsPort)],
        };
    }
}
