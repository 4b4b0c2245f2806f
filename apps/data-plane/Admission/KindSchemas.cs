using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>
/// The fields of Istio's kinds and their types, as the CustomResourceDefinitions of Istio 1.31 have them. The API server denies an object that
/// does not fit before any webhook sees it; a field that it does not know is an error with strict validation, as kubectl asks for.
/// </summary>
internal static class KindSchemas
{
    /// <summary>
    /// A line a type: its name, and its fields with their types. <c>[]</c> is a list, <c>{}</c> a map, <c>!</c> a required field, <c>~</c> one of
    /// several of which only one may be there; <c>|</c> stands between the values of an enumeration, <c>..</c> between the bounds of a number.
    /// </summary>
    private const string Table = """
        VirtualService exportTo []text, gateways []text, hosts []text, http []HTTPRoute, tcp []TCPRoute, tls []TLSRoute
        HTTPRoute name text, match []HTTPMatchRequest, route []HTTPRouteDestination, redirect HTTPRedirect, directResponse HTTPDirectResponse, delegate Delegate
        HTTPRoute rewrite HTTPRewrite, timeout text, retries HTTPRetry, fault HTTPFaultInjection, mirror Destination, mirrors []HTTPMirrorPolicy
        HTTPRoute mirrorPercent uint, mirror_percent uint, mirrorPercentage Percent, corsPolicy CorsPolicy, headers Headers
        HTTPMatchRequest name text, uri StringMatch, scheme StringMatch, method StringMatch, authority StringMatch, headers {}StringMatch, port uint
        HTTPMatchRequest withoutHeaders {}StringMatch, queryParams {}StringMatch, ignoreUriCase flag, sourceLabels {}text, sourceNamespace text
        HTTPMatchRequest gateways []text, statPrefix text
        StringMatch exact~ text, prefix~ text, regex~ text
        HTTPRouteDestination destination! Destination, weight int, headers Headers
        Destination host! text, subset text, port PortSelector
        PortSelector number uint
        Headers request HeaderOperations, response HeaderOperations
        HeaderOperations set {}text, add {}text, remove []text
        HTTPRedirect uri text, prefixRewrite text, authority text, port~ uint, derivePort~ FROM_PROTOCOL_DEFAULT|FROM_REQUEST_PORT, scheme text, redirectCode uint
        HTTPDirectResponse status! uint, body HTTPBody
        HTTPBody string~ text, bytes~ text
        Delegate name text, namespace text
        HTTPRewrite uri text, authority text, uriRegexRewrite RegexRewrite
        RegexRewrite match text, rewrite text
        HTTPRetry attempts int, perTryTimeout text, retryOn text, retryRemoteLocalities flag, retryIgnorePreviousHosts flag, backoff text
        HTTPFaultInjection delay Delay, abort Abort
        Delay percent int, fixedDelay~ text, exponentialDelay~ text, percentage Percent
        Abort httpStatus~ int, grpcStatus~ text, http2Error~ text, percentage Percent
        HTTPMirrorPolicy destination! Destination, percentage Percent
        Percent value number
        CorsPolicy allowOrigin []text, allowOrigins []StringMatch, allowMethods []text, allowHeaders []text, exposeHeaders []text, maxAge text
        CorsPolicy allowCredentials flag, unmatchedPreflights UNSPECIFIED|FORWARD|IGNORE
        TCPRoute match []L4MatchAttributes, route []RouteDestination
        L4MatchAttributes destinationSubnets []text, port uint, sourceSubnet text, sourceLabels {}text, gateways []text, sourceNamespace text
        TLSRoute match! []TLSMatchAttributes, route []RouteDestination
        TLSMatchAttributes sniHosts! []text, destinationSubnets []text, port uint, sourceLabels {}text, gateways []text, sourceNamespace text
        RouteDestination destination! Destination, weight int

        DestinationRule host! text, trafficPolicy TrafficPolicy, subsets []Subset, exportTo []text, workloadSelector WorkloadSelector
        Subset name! text, labels {}text, trafficPolicy TrafficPolicy
        TrafficPolicy loadBalancer LoadBalancerSettings, connectionPool ConnectionPoolSettings, outlierDetection OutlierDetection, tls ClientTLSSettings
        TrafficPolicy portLevelSettings []PortTrafficPolicy, tunnel TunnelSettings, proxyProtocol ProxyProtocol, retryBudget RetryBudget
        PortTrafficPolicy port PortSelector, loadBalancer LoadBalancerSettings, connectionPool ConnectionPoolSettings, outlierDetection OutlierDetection
        PortTrafficPolicy tls ClientTLSSettings
        TunnelSettings protocol text, targetHost! text, targetPort! uint
        ProxyProtocol version V1|V2
        RetryBudget percent 0..100, minRetryConcurrency uint, budgetInterval text
        LoadBalancerSettings simple~ UNSPECIFIED|LEAST_CONN|RANDOM|PASSTHROUGH|ROUND_ROBIN|LEAST_REQUEST, consistentHash~ ConsistentHashLB
        LoadBalancerSettings localityLbSetting LocalityLbSetting, zoneAwareLbSetting ZoneAwareLbSetting, warmupDurationSecs text, warmup Warmup
        ConsistentHashLB httpHeaderName text, httpCookie HTTPCookie, useSourceIp flag, httpQueryParameterName text, ringHash RingHash, maglev MagLev
        ConsistentHashLB minimumRingSize 0..1e19
        HTTPCookie name! text, path text, ttl text, attributes []CookieAttribute
        CookieAttribute name! text, value text
        RingHash minimumRingSize 0..1e19
        MagLev tableSize 0..1e19
        LocalityLbSetting distribute []Distribute, failover []Failover, failoverPriority []text, enabled flag
        ZoneAwareLbSetting failover []Failover, failoverPriority []text, enabled flag, minClusterSize 1..4294967295
        Distribute from text, to {}uint
        Failover from text, to text
        Warmup duration! text, minimumPercent 0..100, aggression number
        ConnectionPoolSettings tcp TCPSettings, http HTTPSettings
        TCPSettings maxConnections int, connectTimeout text, tcpKeepalive TcpKeepalive, maxConnectionDuration text, idleTimeout text
        TcpKeepalive probes uint, time text, interval text
        HTTPSettings http1MaxPendingRequests int, http2MaxRequests int, maxRequestsPerConnection int, maxRetries int, idleTimeout text
        HTTPSettings h2UpgradePolicy DEFAULT|DO_NOT_UPGRADE|UPGRADE, useClientProtocol flag, maxConcurrentStreams int, http2KeepAlive KeepAlive
        KeepAlive interval text, timeout text
        OutlierDetection consecutiveErrors int, splitExternalLocalOriginErrors flag, consecutiveLocalOriginFailures uint, consecutiveGatewayErrors uint
        OutlierDetection consecutive5xxErrors uint, interval text, baseEjectionTime text, maxEjectionPercent int, minHealthPercent int
        OutlierDetection outlierDetectionHttpErrorCodes []100..599
        ClientTLSSettings mode DISABLE|SIMPLE|MUTUAL|ISTIO_MUTUAL, clientCertificate text, privateKey text, caCertificates text, credentialName text
        ClientTLSSettings subjectAltNames []text, sni text, insecureSkipVerify flag, caCrl text
        WorkloadSelector matchLabels {}text

        Gateway servers []Server, selector {}text
        Server port! Port, bind text, hosts! []text, tls ServerTLSSettings, defaultEndpoint text, name text
        Port number! uint, protocol! text, name! text, targetPort uint
        ServerTLSSettings httpsRedirect flag, mode PASSTHROUGH|SIMPLE|MUTUAL|AUTO_PASSTHROUGH|ISTIO_MUTUAL|OPTIONAL_MUTUAL, serverCertificate text
        ServerTLSSettings privateKey text, caCertificates text, caCrl text, credentialName text, credentialNames []text, tlsCertificates []TLSCertificate
        ServerTLSSettings subjectAltNames []text, verifyCertificateSpki []text, verifyCertificateHash []text, cipherSuites []text, insecureSkipVerify flag
        ServerTLSSettings minProtocolVersion TLS_AUTO|TLSV1_0|TLSV1_1|TLSV1_2|TLSV1_3, maxProtocolVersion TLS_AUTO|TLSV1_0|TLSV1_1|TLSV1_2|TLSV1_3
        ServerTLSSettings caCertCredentialName text
        TLSCertificate serverCertificate text, privateKey text, caCertificates text
        """;

    private static readonly Dictionary<string, Dictionary<string, SchemaField>> Types = Table
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(line => line.Split(' ', 2))
        .GroupBy(line => line[0])
        .ToDictionary(lines => lines.Key, lines => lines.SelectMany(line => line[1].Split(", ")).Select(SchemaField.Parse).ToDictionary(field => field.Name));

    /// <summary>What of an object's spec does not fit the schema of its kind: the path of the field, and what is wrong with it.</summary>
    public static IEnumerable<(string Path, string Problem)> Problems(string kind, JsonObject body) =>
        body["spec"] is { } spec ? Value("spec", kind, spec) : [("spec", "is required")];

    private static IEnumerable<(string Path, string Problem)> Members(string path, string type, JsonObject members)
    {
        var fields = Types[type];
        foreach (var (name, value) in members)
        {
            // null is an absent field, as in protobuf.
            foreach (var problem in value is null ? []
                : fields.TryGetValue(name, out var field) ? Field($"{path}.{name}", field, value)
                : [($"{path}.{name}", $"is no field of {type}")])
            {
                yield return problem;
            }
        }

        foreach (var missing in fields.Values.Where(field => field.IsRequired && members[field.Name] is null))
        {
            yield return (path, $"has no {missing.Name}");
        }

        var alternatives = fields.Values.Where(field => field.IsAlternative && members.ContainsKey(field.Name)).Select(field => field.Name).ToList();
        if (alternatives.Count > 1)
        {
            yield return (path, $"has both {alternatives[0]} and {alternatives[1]}");
        }
    }

    private static IEnumerable<(string Path, string Problem)> Field(string path, SchemaField field, JsonNode value) => field.Collection switch
    {
        "[]" => value is JsonArray items ? items.SelectMany((item, index) => Value($"{path}[{index}]", field.Type, item)) : [(path, "must be a list")],
        "{}" => value is JsonObject entries
            ? entries.Where(entry => entry.Value is not null).SelectMany(entry => Value($"{path}.{entry.Key}", field.Type, entry.Value))
            : [(path, "must be an object")],
        _ => Value(path, field.Type, value),
    };

    private static IEnumerable<(string Path, string Problem)> Value(string path, string type, JsonNode? value) =>
        Types.ContainsKey(type) ? value is JsonObject members ? Members(path, type, members) : [(path, "must be an object")]
        : Scalar(type, value) is { } problem ? [(path, problem)]
        : [];

    private static string? Scalar(string type, JsonNode? value) => type switch
    {
        "text" => value?.GetValueKind() == JsonValueKind.String ? null : "must be a string",
        "flag" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false",
        "number" => NumberIn(value, double.MinValue, double.MaxValue, isWhole: false),
        "int" => NumberIn(value, int.MinValue, int.MaxValue, isWhole: true),
        "uint" => NumberIn(value, 0, uint.MaxValue, isWhole: true),
        _ when type.Split("..") is [var least, var most] =>
            NumberIn(value, double.Parse(least, CultureInfo.InvariantCulture), double.Parse(most, CultureInfo.InvariantCulture), isWhole: false),
        _ => value?.GetValueKind() == JsonValueKind.String && type.Split('|').Contains(value.GetValue<string>()) ? null : $"must be one of {type.Replace("|", ", ", StringComparison.Ordinal)}",
    };

    private static string? NumberIn(JsonNode? value, double least, double most, bool isWhole) =>
        new Field("", "", value, null).Number is not { } number ? "must be a number"
        : isWhole && number % 1 != 0 ? "must be a whole number"
        : number < least || number > most ? string.Create(CultureInfo.InvariantCulture, $"must be from {least} to {most}")
        : null;

    /// <summary>A field of a type.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Type">Its type, or that of its items.</param>
    /// <param name="Collection"><c>[]</c> for a list, <c>{}</c> for a map, empty for a single value.</param>
    /// <param name="IsRequired">Whether it has to be there.</param>
    /// <param name="IsAlternative">Whether it excludes the others that are marked so.</param>
    private sealed record SchemaField(string Name, string Type, string Collection, bool IsRequired, bool IsAlternative)
    {
        public static SchemaField Parse(string text)
        {
            var (name, type) = (text.Split(' ')[0], text.Split(' ')[1]);
            var collection = type.StartsWith("[]", StringComparison.Ordinal) || type.StartsWith("{}", StringComparison.Ordinal) ? type[..2] : "";
            return new(name.TrimEnd('!', '~'), type[collection.Length..], collection, name.EndsWith('!'), name.EndsWith('~'));
        }
    }
}
