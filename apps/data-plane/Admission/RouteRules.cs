using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Admission;

/// <summary>What Istio denies of one HTTP route of a VirtualService (virtualservice.go, validateHTTPRoute).</summary>
internal static class RouteRules
{
    private const string Route = "spec.http[]";
    private const string Conflict = "validateHTTPRouteConflict";
    private const string Matching = "validateHTTPRouteMatchRequest";

    private static readonly string[] Pseudo = [":method", ":scheme", ":authority", ":path", ":status"];

    // retry.go and agent/validation.go, supportedRetryOnPolicies.
    private static readonly string[] RetryConditions =
    [
        "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx", "refused-stream", "retriable-status-codes",
        "retriable-headers", "envoy-ratelimited", "http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable",
    ];

    // pkg/util/grpc/codes.go.
    private static readonly string[] GrpcStatuses =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    private const int MostBody = 1024 * 1024;

    private static readonly string[] BesideActions = ["route", "fault", "rewrite", "directResponse"];

    public static IReadOnlyList<AdmissionRule> All { get; } =
    [
        new(Route, Conflict, Action),
        new(Route, Conflict, route =>
            route.Has("mirror") && route.Has("mirrors") && route.Object!["delegate"] is null ? "has both mirror and mirrors" : null),
        new($"{Route}.match[].uri", Matching, match => Checks.StringMatch(match, mayBeEmptyPrefix: true)),
        .. new[] { "scheme", "method", "authority", "queryParams{}", "headers{}" }
            .Select(field => new AdmissionRule($"{Route}.match[].{field}", Matching, match => Checks.StringMatch(match))),
        new($"{Route}.match[].withoutHeaders{{}}", Matching, match => match.TextOf("regex") == "*" ? null : Checks.StringMatch(match)),
        new($"{Route}.match[].headers{{}}", "ValidateHTTPHeaderNameOrJwtClaimRoute", MatchedHeader),
        new($"{Route}.match[].withoutHeaders{{}}", "ValidateHTTPHeaderNameOrJwtClaimRoute", MatchedHeader),
        new($"{Route}.match[].port", "ValidatePort", port => port.Number is 0 ? null : Checks.Port(port.Number)),
        new($"{Route}.match[].sourceLabels{{}}", "labels.Instance.Validate", Checks.LabelEntry),
        new($"{Route}.match[].sourceNamespace", Matching, ns => ns.Text is null or "" || Checks.IsLabel(ns.Text) ? null : $"\"{ns.Text}\" is not the name of a namespace"),
        .. new[] { Route, $"{Route}.route[]" }.SelectMany(HeaderRules),
        new(Route, "validateAuthorityRewrite", Authorities),
        new($"{Route}.fault", "validateHTTPFaultInjection", fault => fault.Has("abort") || fault.Has("delay") ? null : "has neither abort nor delay"),
        new($"{Route}.fault.abort", "validateHTTPFaultInjectionAbort", abort => abort.Has("http2Error") ? "http2Error is not supported" : null),
        new($"{Route}.fault.abort.httpStatus", "validateHTTPStatus", Status),
        new($"{Route}.fault.abort.grpcStatus", "validateGRPCStatus", status => status.Text is null || GrpcStatuses.Contains(status.Text) ? null : $"\"{status.Text}\" is no status of gRPC, such as UNAVAILABLE"),
        new($"{Route}.fault.abort.percentage.value", "validatePercentage", value => Checks.Percentage(value.Number, isFine: true)),
        new($"{Route}.fault.delay.percentage.value", "validatePercentage", value => Checks.Percentage(value.Number, isFine: true)),
        new($"{Route}.fault.delay.fixedDelay", "ValidateDuration", Checks.Duration),
        new($"{Route}.fault.delay.exponentialDelay", "validateHTTPFaultInjectionDelay", _ => "is not supported"),
        new($"{Route}.mirrorPercent", "validateHTTPRoute", value => Checks.Percentage(value.Number, isFine: false)),
        new($"{Route}.mirrorPercentage.value", "validateHTTPRoute", value => Checks.Percentage(value.Number, isFine: false)),
        new($"{Route}.mirrors[].percentage.value", "validateHTTPMirrors", value => Checks.Percentage(value.Number, isFine: false)),
        new($"{Route}.mirrors[]", "validateHTTPMirrors", mirror => mirror.Has("destination") ? null : "has no destination"),
        .. new[] { $"{Route}.route[].destination", $"{Route}.mirror", $"{Route}.mirrors[].destination" }.SelectMany(DestinationRules),
        new($"{Route}.route[]", "validateHTTPRouteDestinations", target => target.Object?["destination"] is null ? "has no destination" : null),
        new($"{Route}.route[].weight", "validateWeight", weight => weight.Number < 0 ? "is negative" : null),
        new($"{Route}.route", "validateHTTPRouteDestinations", Weights),
        new($"{Route}.redirect", "validateHTTPRedirect", Redirect),
        new(Route, "validateHTTPRedirect", PrefixRewrite),
        new($"{Route}.directResponse", "validateHTTPDirectResponse", direct => Status(new("", "status", direct.Object?["status"] ?? 0, null))),
        new($"{Route}.directResponse.body.string", "validateHTTPDirectResponse", body =>
            Encoding.UTF8.GetByteCount(body.Text ?? "") > MostBody ? "is longer than 1 MiB" : null),
        new($"{Route}.rewrite", "validateHTTPRewrite", Rewrite),
        new($"{Route}.retries", "ValidateHTTPRetry", Retries),
        new($"{Route}.retries.perTryTimeout", "ValidateDuration", Checks.Duration),
        new($"{Route}.retries.backoff", "ValidateDuration", Checks.Duration),
        new($"{Route}.timeout", "ValidateDuration", Checks.Duration),
    ];

    /// <summary>What Istio denies of a destination at a path.</summary>
    internal static IEnumerable<AdmissionRule> DestinationRules(string path) =>
    [
        new(path, "validateDestination", target => target.TextOf("host") == "*" ? "the host is *" : Checks.WildcardDomain(target.TextOf("host") ?? "")),
        new($"{path}.subset", "validateSubsetName", name => name.Text is "" ? null : Checks.SubsetName(name.Text)),
        new($"{path}.port", "validatePortSelector", port => port.Object is null ? null : Checks.Port(new Field("", "", port.Object["number"] ?? 0, null).Number)),
    ];

    private static IEnumerable<AdmissionRule> HeaderRules(string owner) =>
        from side in (string[])["request", "response"]
        from operation in (string[])["set{}", "add{}", "remove[]"]
        select new AdmissionRule($"{owner}.headers.{side}.{operation}", "ValidateHTTPHeaderOperationName", header => operation == "remove[]"
            ? ChangedName(header.Text ?? "", mayBeAuthority: false)
            : ChangedName(header.Key, mayBeAuthority: side == "request") ?? HeaderValue.Problem(header.Text));

    private static string? ChangedName(string name, bool mayBeAuthority)
    {
        var isAuthority = name.Equals("host", StringComparison.OrdinalIgnoreCase) || name.Equals(":authority", StringComparison.OrdinalIgnoreCase);
        return name.Length == 0 ? "a header has no name"
            : isAuthority && mayBeAuthority ? null
            : isAuthority || name.StartsWith(':') ? $"the header {name} cannot be changed here"
            : null;
    }

    private static string? MatchedHeader(Field match) =>
        Checks.IsClaim(match.Key) || Pseudo.Contains(match.Key) || MessageHead.IsToken(match.Key)
            ? null
            : $"\"{match.Key}\" is not the name of a header";

    private static string? Action(Field route)
    {
        return route switch
        {
            { Object: null } => null,
            _ when route.Object["delegate"] is not null => route.Has("route") || route.Has("redirect") ? "has a delegate beside route or redirect" : null,
            _ when route.Object["redirect"] is not null => Beside(route, "redirect", BesideActions),
            _ when route.Object["directResponse"] is not null => Beside(route, "directResponse", BesideActions[..3]),
            _ => route.Has("route") ? null : "has none of route, redirect and directResponse",
        };
    }

    private static string? Beside(Field route, string action, string[] others) =>
        Array.Find(others, other => other == "route" ? route.Has(other) : route.Object![other] is not null) is { } found ? $"has both {action} and {found}" : null;

    private static string? Authorities(Field route)
    {
        var request = (route.Object?["headers"] as JsonObject)?["request"] as JsonObject;
        var named = (request?["set"] as JsonObject ?? []).Concat(request?["add"] as JsonObject ?? [])
            .Count(header => header.Key.Equals("host", StringComparison.OrdinalIgnoreCase) || header.Key.Equals(":authority", StringComparison.OrdinalIgnoreCase));
        return named + (string.IsNullOrEmpty(new Field("", "", route.Object?["rewrite"], null).TextOf("authority")) ? 0 : 1) > 1
            ? "sets the authority more than once"
            : null;
    }

    private static string? Status(Field status) =>
        status.Number is >= 200 and <= 600 ? null : string.Create(CultureInfo.InvariantCulture, $"the status is {status.Number}; must be from 200 to 599");

    internal static string? Weights(Field route) =>
        route.Node is JsonArray { Count: > 1 } items && items.Sum(item => new Field("", "", (item as JsonObject)?["weight"], null).Number ?? 0) == 0 ? "the weights add up to 0" : null;

    private static string? Redirect(Field redirect)
    {
        var code = new Field("", "", redirect.Object?["redirectCode"], null).Number ?? 0;
        var port = new Field("", "", redirect.Object?["port"], null).Number;
        return redirect.Has("uri") && redirect.Has("prefixRewrite") ? "has both uri and prefixRewrite"
            : !(redirect.Has("uri") || redirect.Has("prefixRewrite") || redirect.Has("authority") || redirect.Has("scheme") || redirect.Has("port") || redirect.Has("derivePort"))
                ? "changes nothing: give uri, authority, scheme or port"
            : code is not (0 or (>= 300 and <= 399)) ? string.Create(CultureInfo.InvariantCulture, $"redirectCode is {code}; must be from 300 to 399")
            : redirect.TextOf("scheme") is not (null or "" or "http" or "https") ? "scheme must be http or https"
            : port > 65535 ? Checks.Port(port)
            : null;
    }

    private static string? PrefixRewrite(Field route) =>
        new Field("", "", route.Object?["redirect"], null).Has("prefixRewrite")
        && route.Items("match").Any(match => (match as JsonObject)?["uri"] is JsonObject uri && uri["prefix"] is null)
            ? "redirect.prefixRewrite needs matches by prefix"
            : null;

    private static string? Rewrite(Field rewrite)
    {
        var regex = rewrite.Object?["uriRegexRewrite"] is JsonObject found ? new Field("", "", found, null) : (Field?)null;
        return rewrite.Object is null ? null
            : rewrite.Has("uri") && regex is not null ? "has both uri and uriRegexRewrite"
            : !rewrite.Has("uri") && !rewrite.Has("authority") && regex is null ? "changes nothing: give uri, uriRegexRewrite or authority"
            : regex is not { } given ? null
            : !given.Has("match") || !given.Has("rewrite") ? "uriRegexRewrite needs match and rewrite"
            : Checks.Expression(given.TextOf("match")!);
    }

    private static string? Retries(Field retries)
    {
        var attempts = new Field("", "", retries.Object?["attempts"], null).Number ?? 0;
        var wrong = (retries.TextOf("retryOn") ?? "").Split(',').FirstOrDefault(condition => !IsRetryCondition(condition));
        return attempts < 0 ? "attempts is negative"
            : attempts == 0 && (retries.Object?["perTryTimeout"] is not null || retries.Has("retryOn") || retries.Object?["retryRemoteLocalities"] is not null)
                ? "attempts is 0, which switches retries off, but other fields say how to retry"
            : retries.Has("retryOn") && wrong is not null ? $"\"{wrong}\" is not a condition of retryOn"
            : null;
    }

    private static bool IsRetryCondition(string condition) =>
        RetryConditions.Contains(condition)
        || (int.TryParse(condition, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var status) && GoStatus.IsKnown(status));
}
