using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of a DestinationRule (validation.go, ValidateDestinationRule, validateTrafficPolicy and what they call).</summary>
internal static class DestinationRuleRules
{
    private const string ConfigMap = "configmap://";

    private static readonly string[] Settings =
        ["outlierDetection", "connectionPool", "loadBalancer", "tls", "portLevelSettings", "tunnel", "proxyProtocol", "retryBudget"];

    private static readonly string[] Limits =
    [
        "tcp.maxConnections", "http.http1MaxPendingRequests", "http.http2MaxRequests", "http.maxRequestsPerConnection", "http.maxRetries",
        "http.maxConcurrentStreams",
    ];

    private static readonly string[] Times =
    [
        "tcp.connectTimeout", "tcp.maxConnectionDuration", "tcp.tcpKeepalive.time", "tcp.tcpKeepalive.interval", "http.idleTimeout", "http.http2KeepAlive.interval",
        "http.http2KeepAlive.timeout",
    ];

    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        new("spec", "ValidateWildcardDomain", spec => Checks.WildcardDomain(spec.TextOf("host"))),
        new("spec", "ValidateDestinationRule", Subsets),
        new("spec.subsets[]", "validateSubset", subset => Checks.SubsetName(subset.TextOf("name"))),
        new("spec.subsets[].labels{}", "labels.Instance.Validate", Checks.LabelEntry),
        new("spec.exportTo", "validateExportTo", Checks.ExportTo),
        new("spec", "validateExportTo", spec =>
            spec.Object?["workloadSelector"] is not null && spec.Items("exportTo").Any(name => new Field("", "", name, null).Text is not "." and { } text && text != OwnNamespace(spec))
                ? "has a workloadSelector, and so is for its own namespace alone: exportTo must be ." : null),
        new("spec.workloadSelector.matchLabels{}", "validateWorkloadSelector", label =>
            label.Key.Length == 0 || label.Key.Contains('*', StringComparison.Ordinal) || label.Text?.Contains('*', StringComparison.Ordinal) == true
                ? "must name a label, without wildcards" : null),
        .. new[] { "spec.trafficPolicy", "spec.subsets[].trafficPolicy" }.SelectMany(policy => PolicyRules(policy)
            .Concat(SettingRules(policy))
            .Concat(PortRules($"{policy}.portLevelSettings[]"))
            .Concat(SettingRules($"{policy}.portLevelSettings[]"))),
    ];

    private static string? Subsets(Field spec)
    {
        var names = spec.Items("subsets").Select(subset => new Field("", "", subset, null).TextOf("name")).OfType<string>().ToList();
        return names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice ? $"two subsets have the name \"{twice.Key}\"" : null;
    }

    private static IEnumerable<AdmissionRule> PolicyRules(string policy) =>
    [
        new(policy, "validateTrafficPolicy", given => given.Object is null || Settings.Any(setting => IsSet(given, setting)) ? null : "says nothing"),
        new(policy, "validateTrafficPolicy", given => given.Has("tunnel") && given.Has("proxyProtocol") ? "has both tunnel and proxyProtocol" : null),
        new($"{policy}.tunnel.protocol", "validateTunnelSettings", protocol => protocol.Text is null or "" or "CONNECT" or "POST" ? null : "must be CONNECT or POST"),
        new($"{policy}.tunnel.targetHost", "validateTunnelSettings", host => host.Text is { } text && Checks.IsAddress(text) ? null : Checks.Domain(host.Text)),
        new($"{policy}.tunnel.targetPort", "validateTunnelSettings", port => Checks.Port(port.Number)),
    ];

    private static IEnumerable<AdmissionRule> PortRules(string port) =>
    [
        new(port, "validatePortTrafficPolicies", given => given.Object?["port"] is null ? "has no port" : null),
        new(port, "validatePortTrafficPolicies", given => Settings[..4].Any(setting => IsSet(given, setting)) ? null : "says nothing"),
    ];

    private static IEnumerable<AdmissionRule> SettingRules(string policy) =>
    [
        new($"{policy}.connectionPool", "validateConnectionPool", pool => pool.Object?["tcp"] is null && pool.Object?["http"] is null ? "has neither tcp nor http" : null),
        new($"{policy}.connectionPool.http", "validateConnectionPool", http =>
            http.TextOf("h2UpgradePolicy") == "UPGRADE" && http.Object!["useClientProtocol"]?.GetValueKind() == System.Text.Json.JsonValueKind.True
                ? "has both useClientProtocol and the h2UpgradePolicy UPGRADE" : null),
        .. Limits.Select(limit => new AdmissionRule($"{policy}.connectionPool.{limit}", "validateConnectionPool", Count)),
        .. Times.Select(time => new AdmissionRule($"{policy}.connectionPool.{time}", "ValidateDuration", Checks.Duration)),

        new($"{policy}.connectionPool.http.http2KeepAlive", "validateConnectionPool", keepAlive =>
            keepAlive.Has("interval") && keepAlive.Has("timeout") ? null : "needs interval and timeout"),

        // Less than a millisecond switches this timeout off.
        new($"{policy}.connectionPool.tcp.idleTimeout", "ValidateDuration", time => Checks.Duration(time) is { } wrong && !wrong.Contains("at least", StringComparison.Ordinal) ? wrong : null),
        new($"{policy}.outlierDetection.interval", "ValidateDuration", Checks.Duration),
        new($"{policy}.outlierDetection.baseEjectionTime", "ValidateDuration", Checks.Duration),
        new($"{policy}.outlierDetection.maxEjectionPercent", "ValidatePercent", value => Checks.Percentage(value.Number, isFine: false)),
        new($"{policy}.outlierDetection.minHealthPercent", "ValidatePercent", value => Checks.Percentage(value.Number, isFine: false)),
        new($"{policy}.outlierDetection.consecutive5xxErrors", "validateOutlierDetection", Count),
        new($"{policy}.outlierDetection.consecutiveGatewayErrors", "validateOutlierDetection", Count),
        new($"{policy}.outlierDetection", "validateOutlierDetection", outlier =>
            new Field("", "", outlier.Object?["consecutiveLocalOriginFailures"], null).Number > 0
            && outlier.Object?["splitExternalLocalOriginErrors"]?.GetValueKind() != System.Text.Json.JsonValueKind.True
                ? "counts local failures without splitExternalLocalOriginErrors" : null),
        .. LoadBalancerRules.Of($"{policy}.loadBalancer"),
        new($"{policy}.tls", "ValidateTLS", Tls),
    ];

    private static string OwnNamespace(Field field) =>
        new Field("", "", (field.Node?.Root as JsonObject)?["metadata"], null).TextOf("namespace") ?? "default";

    private static string? Count(Field limit) => limit.Number < 0 ? "is negative" : limit.Number > int.MaxValue ? "is too large for 32 bits" : null;

    /// <summary>agent/validation.go, ValidateTLS.</summary>
    private static string? Tls(Field tls)
    {
        var mode = tls.TextOf("mode");
        var isUnverified = tls.Object?["insecureSkipVerify"]?.GetValueKind() == System.Text.Json.JsonValueKind.True;
        return tls.TextOf("credentialName") is { } name && name.StartsWith(ConfigMap, StringComparison.Ordinal) && !IsOwn(name, tls)
                ? $"names the ConfigMap {name}: write {ConfigMap}NAMESPACE/NAME, with the namespace of the DestinationRule"
            : mode is not ("SIMPLE" or "MUTUAL") ? null
            : isUnverified && (tls.Has("caCertificates") || tls.Has("subjectAltNames") || (mode == "SIMPLE" && tls.Has("credentialName")))
                ? "has insecureSkipVerify beside what to verify by"
            : tls.Has("credentialName")
                ? tls.Has("clientCertificate") || tls.Has("caCertificates") || tls.Has("privateKey") || tls.Has("caCrl") ? "has a credentialName and certificates" : null
            : mode == "MUTUAL" && !(tls.Has("clientCertificate") && tls.Has("privateKey")) ? "MUTUAL needs a client certificate and a private key"
            : null;

        static bool IsOwn(string name, Field tls) => name[ConfigMap.Length..].Split('/') is [var space, { Length: > 0 }] && space == OwnNamespace(tls);
    }

    private static bool IsSet(Field owner, string setting) => owner.Object?[setting] is not null and not JsonArray { Count: 0 };
}
