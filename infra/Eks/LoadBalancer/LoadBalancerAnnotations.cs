using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Eks.LoadBalancer;

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
