using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A Service for which Auto Mode makes a network load balancer: an object, or what a chart makes of its values.</summary>
/// <param name="Name">The object or the release, as messages name it.</param>
/// <param name="Space">The namespace of its pods.</param>
/// <param name="Service">The Service's spec.</param>
/// <param name="Annotations">The Service's annotations.</param>
internal sealed record Balancer(string Name, string Space, JsonNode Service, IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>The values of the release; null for an object.</summary>
    public JsonObject? Values { get; init; }

    /// <summary>Whether the pods are those of Istio's gateway chart.</summary>
    public bool IsGateway { get; init; }

    /// <summary>Whether the internet may reach it.</summary>
    public bool IsPublic => Setting("scheme") == "internet-facing";

    /// <summary>Pods by their addresses, as by default in Auto Mode, or nodes.</summary>
    public string Target => Setting("nlb-target-type") ?? "ip";

    /// <summary>The ports of the pods.</summary>
    public IReadOnlyList<string> Ports => [.. Service.Items("ports").Select(port => (port.At("targetPort") ?? port.At("port"))?.ToJsonString().Trim('"')).OfType<string>()];

    /// <summary>All of a stack whose cluster is in Auto Mode.</summary>
    public static IEnumerable<Balancer> In(RenderedStack stack) => !EksCluster.In(stack).Any(cluster => cluster.IsAuto) ? [] : stack.OfKind("Service")
        .Where(service => service.Body.At("spec") is not null)
        .Select(service => new Balancer(service.Manifest.DisplayName, service.Space, service.Body.At("spec")!, Read(service.Body.At("metadata"))))
        .Concat(from release in stack.Releases
                from found in release.Values.Walk()
                where found.Path.Split('.')[^1] == "service" && found.Node is JsonObject
                select new Balancer(release.DisplayName, release.Space, found.Node, Read(found.Node)) { Values = release.Values, IsGateway = release.Chart == "gateway" })
        .Concat(stack.Releases.Where(release => release.Chart == "gateway" && release.Values.At("service") is null).Select(release => new Balancer(release.DisplayName, release.Space, new JsonObject { ["type"] = "LoadBalancer" }, Read(null)) { Values = release.Values, IsGateway = true }))
        .Where(balancer => balancer.Service.Text("type") == "LoadBalancer" || balancer.Annotations.Keys.Any(key => key.Contains("aws-load-balancer-", StringComparison.Ordinal)));

    /// <summary>What an annotation says, by its name without the prefix.</summary>
    public string? Setting(string name) => Annotations.GetValueOrDefault(BalancerAnnotations.Prefix + name);

    /// <summary>The same as a number.</summary>
    public long? Number(string name) => long.TryParse(Setting(name), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>An attribute of the target group or, without one, of the load balancer.</summary>
    public string? Attribute(string name) => BalancerAnnotations.Pairs($"{Setting("target-group-attributes")},{Setting("attributes")}")
        .Where(pair => pair is [var key, _] && key == name).Select(pair => pair[1]).FirstOrDefault();

    private static Dictionary<string, string> Read(JsonNode? owner) => owner.TextMembers("annotations").ToDictionary();
}

/// <summary>The annotations of a Service that Auto Mode knows, and what each takes (AWS Load Balancer Controller 2.14, "Service annotations"; ELB API reference, attributes).</summary>
internal static class BalancerAnnotations
{
    /// <summary>What each begins with.</summary>
    public const string Prefix = "service.beta.kubernetes.io/aws-load-balancer-";

    private const string Flag = "true|false";

    private const string Any = "(?s:.+)";

    // EKS user guide, "auto-configure-nlb", "Service annotations": what stands in the place of each.
    private static readonly Dictionary<string, string> Unsupported = Table(
        ("spec.loadBalancerClass", "type"),
        ("scheme", "internal"),
        ("attributes", "access-log-enabled access-log-s3-bucket-name access-log-s3-bucket-prefix cross-zone-load-balancing-enabled connection-idle-timeout"),
        ("target-group-attributes", "proxy-protocol connection-draining-enabled connection-draining-timeout"),
        ("security-groups", "extra-security-groups"));

    private static readonly Dictionary<string, string> Known = Table(
        ("internal|internet-facing", "scheme"),
        ("ip|instance", "nlb-target-type"),
        ("[A-Za-z0-9](?:[-A-Za-z0-9]{0,30}[A-Za-z0-9])?", "name"),
        ("ipv4|dualstack|dualstack-without-public-ipv4", "ip-address-type"),
        (@"arn:aws[-a-z]*:(?:acm|iam):.+", "ssl-cert"),
        ("ELBSecurityPolicy-.+", "ssl-negotiation-policy"),
        ("tcp|ssl", "backend-protocol"),
        ("HTTP1Only|HTTP2Only|HTTP2Optional|HTTP2Preferred|None", "alpn-policy"),
        ("[^=,]+=[^=,]*(?:,[^=,]+=[^=,]*)*", "additional-resource-tags"),
        ("(?i:tcp|http|https)", "healthcheck-protocol"),
        (@"traffic-port|\d{1,5}", "healthcheck-port"),
        (@"/\S*", "healthcheck-path"),
        (@"\d{3}(?:[-,]\d{3})*", "healthcheck-success-codes"),
        ("[5-9]|[1-9][0-9]|[12][0-9]{2}|300", "healthcheck-interval"),
        ("[2-9]|[1-9][0-9]|1[01][0-9]|120", "healthcheck-timeout"),
        ("[2-9]|10", "healthcheck-healthy-threshold healthcheck-unhealthy-threshold"),
        (Flag, "manage-backend-security-group-rules multi-cluster-target-group enable-tcp-udp-listener disable-nlb-sg"),
        ("on|off", "inbound-sg-rules-on-private-link-traffic enable-prefix-for-ipv6-source-nat enable-icmp-for-path-mtu-discovery"),
        (Any, "attributes target-group-attributes ssl-ports subnets eip-allocations eip-allocations-discovery-tags private-ipv4-addresses ipv6-addresses target-node-labels security-groups"),
        (Any, "security-group-prefix-lists source-nat-ipv6-prefixes minimum-load-balancer-capacity quic-enabled-ports proxy-protocol-per-target-group"));

    private static readonly Dictionary<string, string> Attributes = Table(
        (Flag, "access_logs.s3.enabled deletion_protection.enabled load_balancing.cross_zone.enabled ipv6.deny_all_igw_traffic zonal_shift.config.enabled"),
        (Any, "access_logs.s3.bucket access_logs.s3.prefix"),
        ("availability_zone_affinity|partial_availability_zone_affinity|any_availability_zone", "dns_record.client_routing_policy"),
        ("[0-7]", "secondary_ips.auto_assigned.per_subnet"));

    private static readonly Dictionary<string, string> TargetAttributes = Table(
        (Flag, "deregistration_delay.connection_termination.enabled preserve_client_ip.enabled proxy_protocol_v2.enabled stickiness.enabled target_health_state.unhealthy.connection_termination.enabled"),
        ("[0-9]{1,3}|[12][0-9]{3}|3[0-5][0-9]{2}|3600", "deregistration_delay.timeout_seconds target_health_state.unhealthy.draining_interval_seconds"),
        ("source_ip", "stickiness.type"),
        ("true|false|use_load_balancer_configuration", "load_balancing.cross_zone.enabled"),
        ("rebalance|no_rebalance", "target_failover.on_deregistration target_failover.on_unhealthy"),
        (@"off|\d+", "target_group_health.dns_failover.minimum_healthy_targets.count target_group_health.dns_failover.minimum_healthy_targets.percentage"),
        (@"off|\d+", "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"));

    /// <summary>What is wrong with an annotation; null for one that is right, or that is of others.</summary>
    public static string? Problem(string annotation, string value)
    {
        if (!annotation.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return annotation.Contains("aws-load-balancer", StringComparison.Ordinal) || annotation.EndsWith("/load-balancer-source-ranges", StringComparison.Ordinal) ? $"it has the annotation {annotation}, which Auto Mode does not know" : null;
        }

        var name = annotation[Prefix.Length..];
        return Unsupported.TryGetValue(name, out var instead) ? $"it has the annotation {name}, which Auto Mode does not obey ({instead} is in its place)"
            : !Known.TryGetValue(name, out var pattern) ? $"it has the annotation {name}, which Auto Mode does not know"
            : !IsLike(value, pattern) ? $"its annotation {name} is {value}, which is not taken"
            : name == "attributes" ? OfPairs(name, value, Attributes)
            : name == "target-group-attributes" ? OfPairs(name, value, TargetAttributes)
            : null;
    }

    /// <summary>A list of keys and values, as the controller reads it.</summary>
    public static IEnumerable<string[]> Pairs(string text) => text.Split([',', '\n'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2));

    private static string? OfPairs(string name, string text, Dictionary<string, string> known) => Pairs(text).Select(pair =>
        pair is not [var key, var value] ? $"its annotation {name} has {pair[0]}, which has no value"
        : !known.TryGetValue(key, out var pattern) ? $"its annotation {name} has {key}, which there is not"
        : !IsLike(value, pattern) ? $"its annotation {name} has {key}={value}, which is not taken"
        : key == "deletion_protection.enabled" && value == "true" ? "it is protected from being deleted, and a destroy waits for that without end"
        : null).FirstOrDefault(problem => problem is not null);

    private static Dictionary<string, string> Table(params IEnumerable<(string Value, string Names)> rows) => rows.SelectMany(row => row.Names.Split(' ').Select(name => (name, row.Value))).ToDictionary();

    private static bool IsLike(string text, string pattern) => Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant);
}

/// <summary>What of a load balancer may be a choice, and most often is not.</summary>
internal static class BalancerChoices
{
    private const long SlowestCheck = 120;

    // Policies with TLS 1.0 or 1.1 (ELB user guide, "describe-ssl-policies").
    private static readonly string[] OldTls = ["2016-08", "TLS-1-0", "TLS-1-1", "2015-05", "2018-06", "FS-1-1", "TLS13-1-0", "TLS13-1-1"];

    public static PolicyRule Rule { get; } = new(
        "load-balancer-choice", Severity.Warning, "A load balancer hands on the caller's address, serves every zone, finds failing pods soon, and refuses old TLS.",
        stack => from balancer in Balancer.In(stack)
                 from problem in OfChoices(balancer).OfType<string>()
                 select new Violation(balancer.Name, problem, "Change it, or except it with the reason."));

    private static IEnumerable<string?> OfChoices(Balancer balancer) =>
    [
        balancer is { IsGateway: true, Target: "ip" } && balancer.Attribute("preserve_client_ip.enabled") != "true" && balancer.Attribute("proxy_protocol_v2.enabled") != "true" ? "the gateway does not see who calls, but the load balancer: preserve_client_ip.enabled is not true" : null,
        balancer.Attribute("load_balancing.cross_zone.enabled") != "true" ? "load_balancing.cross_zone.enabled is not true: where a zone has no ready pod, what comes to it fails" : null,
        (balancer.Number("healthcheck-interval") ?? 10) * (balancer.Number("healthcheck-unhealthy-threshold") ?? 3) > SlowestCheck ? "its health check takes more than two minutes to leave out a pod that fails" : null,
        balancer.Setting("ssl-negotiation-policy") is { } policy && OldTls.Any(old => policy.EndsWith(old, StringComparison.Ordinal) || policy.Contains($"{old}-", StringComparison.Ordinal)) ? $"{policy} takes TLS 1.0 or 1.1" : null,
        balancer.Setting("ssl-cert") is not null && balancer.Setting("alpn-policy") is null or "None" or "HTTP1Only" ? "without an alpn-policy it offers no HTTP/2, which gRPC needs" : null,
    ];
}
