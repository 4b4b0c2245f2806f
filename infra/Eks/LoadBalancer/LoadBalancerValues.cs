using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Eks.LoadBalancer;

/// <summary>
/// The values of the gateway's chart on EKS: its Service gets Auto Mode's network load balancer (EKS user guide, "auto-configure-nlb"),
/// and its pods serve until the load balancer has deregistered them.
/// </summary>
internal static class LoadBalancerValues
{
    /// <summary>The port for requests whose TLS the load balancer has terminated, so that the gateway can tell them from plain HTTP.</summary>
    private const int BehindTlsPort = 8443;

    /// <summary>
    /// Labels of the gateway's namespace. With the label a new pod is ready only when the load balancer sends to it, so that a rollout or the
    /// end of a node never removes the last target. It is a label of Auto Mode that its user guide does not name (aws/containers-roadmap#2511).
    /// </summary>
    public static IReadOnlyDictionary<string, string> NamespaceLabels { get; } =
        new Dictionary<string, string> { ["eks.amazonaws.com/pod-readiness-gate-inject"] = "enabled" };

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

/// <summary>The annotations that tell Auto Mode which load balancer to create (AWS Load Balancer Controller, "Service annotations").</summary>
internal static class LoadBalancerAnnotations
{
    private const string Prefix = "service.beta.kubernetes.io/aws-load-balancer-";

    /// <summary>The annotations, by their full names.</summary>
    /// <param name="plan">The cluster.</param>
    /// <param name="certificateArn">The ARN of the certificate with which it serves HTTPS; null for HTTP only.</param>
    public static Dictionary<string, object> For(EksPlan plan, Input<string>? certificateArn) =>
        Always(plan).Concat(Tls(certificateArn)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(entry => Prefix + entry.Key, entry => entry.Value);

    private static IEnumerable<KeyValuePair<string, object>> Always(EksPlan plan) =>
    [
        new("scheme", plan.Settings.LoadBalancer.Scheme == LoadBalancerScheme.Internal ? "internal" : "internet-facing"),
        new("nlb-target-type", "ip"),
        // If a zone has no gateway pod, pods of the other zones serve its requests.
        new("attributes", "load_balancing.cross_zone.enabled=true"),
        // With targets by IP the caller's address is lost by default. Preserved, the gateway writes it into X-Forwarded-For.
        new("target-group-attributes", $"preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds={TargetDrain.DeregistrationSeconds}"),
        new("healthcheck-protocol", "http"),
        new("healthcheck-port", "15021"),
        new("healthcheck-path", "/healthz/ready"),
        new("healthcheck-interval", "10"),
        new("healthcheck-healthy-threshold", "2"),
        new("healthcheck-unhealthy-threshold", "2"),
        new("additional-resource-tags", plan.Tags.ToAnnotation()),
    ];

    private static IEnumerable<KeyValuePair<string, object>> Tls(Input<string>? certificateArn) => certificateArn is null
        ? []
        :
        [
            new("ssl-cert", certificateArn),
            new("ssl-ports", "443"),
            // TLS 1.2 and 1.3 with forward secrecy only (ELB user guide, "describe-ssl-policies").
            new("ssl-negotiation-policy", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
            // HTTP/2, and so gRPC, for clients that offer it (ELB user guide, "ALPN policies").
            new("alpn-policy", "HTTP2Preferred"),
        ];
}

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

    /// <summary>How long `pulumi destroy` takes, and for what: the engine shows a stack's outputs before it deletes anything.</summary>
    public static string DestroyInWords =>
        $"pulumi destroy takes about ten minutes; for {PauseSeconds} seconds of them the gateway's pods serve on, because nothing tells them a destroy from a rollout";
}
