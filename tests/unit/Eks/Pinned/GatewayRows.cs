namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>The gateway's load balancer, and how the mesh's own pods are spread.</summary>
internal static class GatewayRows
{
    public const string Certificate = "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    private const string Gateway = "Release istio-ingressgateway";

    public static TheoryData<string, string, string> All => new()
    {
        { Gateway, "values.service.type", "\"LoadBalancer\"" },
        { Gateway, "values.service.loadBalancerClass", "\"eks.amazonaws.com/nlb\"" },
        { Gateway, "values.service.allocateLoadBalancerNodePorts", "false" },
        { Gateway, "values.service.loadBalancerSourceRanges", """["203.0.113.0/24"]""" },
        { Gateway, "values.service.annotations", Annotations },
        { Gateway, "values.topologySpreadConstraints", Spread("istio", "ingressgateway") },
        { "Release istiod", "values.topologySpreadConstraints", Spread("app", "istiod") },
    };

    // The health checks ask the proxy itself; TLS 1.2 is the oldest that is taken.
    private static string Annotations => $$"""
        {
          "service.beta.kubernetes.io/aws-load-balancer-scheme":"internal",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type":"ip",
          "service.beta.kubernetes.io/aws-load-balancer-attributes":"load_balancing.cross_zone.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
            "preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=180",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol":"http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port":"15021",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path":"/healthz/ready",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval":"10",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold":"2",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold":"2",
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags":
            "managed-by=pulumi,owner=team-7,project=gopher-mesh,stack=dev",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert":"{{Certificate}}",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports":"443",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy":"ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy":"HTTP2Preferred"
        }
        """;

    // On a new cluster the first node is in one zone. Only a pod that may not run there brings a node in a second.
    private static string Spread(string label, string value) => $$"""
        [
          {
            "maxSkew":1,"minDomains":2,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule",
            "labelSelector":{"matchLabels":{"{{label}}":"{{value}}"} },"matchLabelKeys":["pod-template-hash"]
          },
          {
            "maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway",
            "labelSelector":{"matchLabels":{"{{label}}":"{{value}}"} },"matchLabelKeys":["pod-template-hash"]
          }
        ]
        """;
}
