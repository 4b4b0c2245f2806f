using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A route ends in time, repeats only what may be repeated, and leaves failing pods out.</summary>
internal static class RouteLimits
{
    private const long MostRetries = 5;
    private const long ManyErrors = 100;

    // Those of connectionPool that bound what is under way at the same time.
    private static readonly string[] Pools = ["maxConnections", "http1MaxPendingRequests", "http2MaxRequests"];

    // Envoy's conditions under which a pod may have received the request (Envoy, "x-envoy-retry-on").
    private static readonly string[] AfterSending = ["5xx", "gateway-error", "reset", "retriable-4xx", "retriable-status-codes"];

    public static PolicyRule Routes { get; } = new(
        "route-limits", Severity.Warning, "A route has a timeout, tries that fit into it, and repeats only idempotent requests.",
        stack => stack.OfKind("VirtualService").SelectMany(OfRoutes).Concat(CallTimes.Violations(stack)));

    public static PolicyRule Ejection { get; } = new(
        "outlier-detection", Severity.Warning, "Callers leave failing pods out, but not all of them, and one DestinationRule decides it for each host and subset.",
        stack => stack.OfKind("DestinationRule").SelectMany(OfEjection).Concat(OfSame(stack)));

    private static IEnumerable<Violation> OfRoutes(RenderedManifest service)
    {
        foreach (var (index, route) in service.Body.Items("spec.http").Index().Where(found => found.Item.Items("route").Any()))
        {
            var path = $"spec.http[{index}]";
            var timeout = Duration(route, "timeout");
            if (timeout is null || timeout == TimeSpan.Zero)
            {
                yield return new(service.Manifest.DisplayName, $"{path} has no timeout: a caller waits as long as the service does", "Set timeout.");
            }

            if (timeout > TimeSpan.Zero && Duration(route, "retries.perTryTimeout") > timeout)
            {
                yield return new(service.Manifest.DisplayName, $"{path} gives a try {route.Text("retries.perTryTimeout")}, and all tries {route.Text("timeout")}", "Set perTryTimeout below timeout.");
            }

            if (timeout > TimeSpan.Zero && route.Number("retries.attempts") > 0 && Duration(route, "retries.perTryTimeout") is { } slow && slow <= timeout && slow * 2 > timeout)
            {
                yield return new(service.Manifest.DisplayName, $"{path} gives a try {route.Text("retries.perTryTimeout")}, and all tries {route.Text("timeout")}: after one that is slow no second one fits", "Set perTryTimeout to half of timeout at most.");
            }

            if (route.Number("retries.attempts") > MostRetries)
            {
                yield return new(service.Manifest.DisplayName, $"{path} sends a failed request up to {route.Number("retries.attempts")} times more, which keeps an overloaded service down", $"Set attempts to {MostRetries} at most.");
            }

            var unsafeConditions = (route.Text("retries.retryOn") ?? "").Split(',', StringSplitOptions.TrimEntries).Intersect(AfterSending).ToList();
            if (unsafeConditions.Count > 0 && !(route.Items("match").Any() && route.Items("match").All(match => match.At("method") is not null)))
            {
                yield return new(service.Manifest.DisplayName, $"{path} repeats requests of every method on {string.Join(", ", unsafeConditions)}: a POST may run twice", "Match idempotent methods, or use reset-before-request.");
            }
            else if (unsafeConditions.Count > 0 && Duration(route, "retries.perTryTimeout") is null)
            {
                yield return new(service.Manifest.DisplayName, $"{path} tries again on {string.Join(", ", unsafeConditions)}, and a try has no time of its own: one that hangs takes all of it", "Set perTryTimeout.");
            }

            if (route.At("corsPolicy") is { } cors && cors.Flag("allowCredentials") == true
                && cors.Items("allowOrigins").Any(origin => origin.Text("regex") is ".*" or ".+" || origin.Text("exact") == "*" || origin.Text("prefix") is "" or "http"))
            {
                yield return new(service.Manifest.DisplayName, $"{path} lets every site send requests with its visitors' cookies", "Name the origins in corsPolicy.allowOrigins.");
            }

            // Istio takes weights as parts of their sum (reference of VirtualService, HTTPRouteDestination.weight); numbers such as 60 are meant as percentages.
            var weights = route.Items("route").Select(target => target.Number("weight") ?? 0).ToList();
            if (weights.Count > 1 && weights.Sum() != 100 && weights.Max() >= 10)
            {
                yield return new(service.Manifest.DisplayName, $"{path} has weights of {weights.Sum()} together: {weights.Max()} of them are not {weights.Max()} %", "Let them add up to 100.");
            }

            foreach (var twice in route.Items("route").Select(target => target.At("destination")?.ToJsonString() ?? "").CountBy(target => target).Where(count => count.Value > 1))
            {
                yield return new(service.Manifest.DisplayName, $"{path} names the destination {twice.Key} {twice.Value} times", "Name it once, with the sum of the weights.");
            }
        }
    }

    private static IEnumerable<Violation> OfEjection(RenderedManifest rule)
    {
        // What names no host of the mesh has no pods, and what has neither policy nor subsets says nothing.
        if (rule.Body.Text("spec.host")?.EndsWith(".svc.cluster.local", StringComparison.Ordinal) != true
            || (rule.Body.At("spec.trafficPolicy") is null && !rule.Body.Items("spec.subsets").Any()))
        {
            yield break;
        }

        var subsets = rule.Body.Items("spec.subsets").ToList();
        foreach (var part in (string[])["outlierDetection", "connectionPool"])
        {
            bool IsSet(JsonNode? policy) => policy.At($"trafficPolicy.{part}") is JsonObject { Count: > 0 };
            if (!IsSet(rule.Body.At("spec")) && !(subsets.Count > 0 && subsets.TrueForAll(IsSet)))
            {
                yield return new(rule.Manifest.DisplayName, $"its trafficPolicy has no {part}", part == "connectionPool" ? "Bound what waits for a host that does not answer." : "Let callers leave out pods that fail.");
            }
        }

        // 0 switches that count off, and 5xx counts unless it is 0 (istio.io, reference of DestinationRule, OutlierDetection).
        foreach (var (path, found) in rule.Body.Walk().Where(found => found.Path.EndsWith(".outlierDetection", StringComparison.Ordinal)
            && found.Node.Number("consecutive5xxErrors") == 0 && found.Node.Number("consecutiveGatewayErrors") is null or 0 && found.Node.Number("consecutiveLocalOriginFailures") is null or 0))
        {
            yield return new(rule.Manifest.DisplayName, $"{path}.consecutive5xxErrors is 0: no pod is ever left out", "Set it to 5.");
        }

        foreach (var (path, found) in rule.Body.Walk().Where(found => found.Path.EndsWith(".outlierDetection", StringComparison.Ordinal)))
        {
            if (found.Number("consecutive5xxErrors") == 1 || found.Number("consecutiveGatewayErrors") == 1)
            {
                yield return new(rule.Manifest.DisplayName, $"{path} leaves a pod out after one failed answer", "Set consecutive5xxErrors to 5.");
            }

            if (found.Number("consecutive5xxErrors") > ManyErrors || Duration(found, "interval") > TimeSpan.FromMinutes(1) || Duration(found, "baseEjectionTime") is { } time && (time < TimeSpan.FromSeconds(1) || time > TimeSpan.FromMinutes(10)))
            {
                yield return new(rule.Manifest.DisplayName, $"{path} is {found.ToJsonString()}: a pod that fails is left out too late, or for a time that helps nobody", "Use about 5 errors, an interval of 10s and a baseEjectionTime of 30s.");
            }
        }

        foreach (var (path, found) in rule.Body.Walk().Where(found => found.Path.EndsWith(".connectTimeout", StringComparison.Ordinal)))
        {
            if (Durations.TryParse(found.AsText() ?? "", out var connect) && (connect < TimeSpan.FromMilliseconds(20) || connect > TimeSpan.FromSeconds(10)))
            {
                yield return new(rule.Manifest.DisplayName, $"{path} is {found.AsText()}: {(connect > TimeSpan.FromSeconds(10) ? "a pod that is gone holds its callers up" : "a pod that is there is taken for gone")}", "Set it to about 1s.");
            }
        }

        // PASSTHROUGH calls the address that the caller chose, and a request a connection takes a handshake each (istio.io, reference of DestinationRule).
        foreach (var (path, found) in rule.Body.Walk().Where(found => (found.Path.EndsWith(".loadBalancer.simple", StringComparison.Ordinal) && found.Node.AsText() == "PASSTHROUGH")
            || (found.Path.EndsWith(".maxRequestsPerConnection", StringComparison.Ordinal) && found.Node.ToJsonString() == "1")))
        {
            yield return new(rule.Manifest.DisplayName, $"{path} is {found.ToJsonString()}: {(found.AsText() is null ? "every request makes a connection of its own, with a TLS handshake" : "neither pods nor subsets are chosen")}", "Leave it out.");
        }

        foreach (var (path, found) in rule.Body.Walk().Where(found => Pools.Contains(found.Path.Split('.')[^1]) && found.Node.ToJsonString() == "1"))
        {
            yield return new(rule.Manifest.DisplayName, $"{path} is {found.ToJsonString()}: a second request at the same time is answered with 503, or waits", "Allow as many as the pods can take.");
        }

        foreach (var (path, found) in rule.Body.Walk().Where(found => found.Path.EndsWith(".maxEjectionPercent", StringComparison.Ordinal) && found.Node.ToJsonString() == "100"))
        {
            yield return new(rule.Manifest.DisplayName, $"{path} is {found.ToJsonString()}: every pod may be left out at once", "Set it to 50.");
        }
    }

    // Istio takes the trafficPolicy of one of them, and the first subset of a name.
    private static IEnumerable<Violation> OfSame(RenderedStack stack) =>
        from rule in stack.OfKind("DestinationRule")
        from part in rule.Body.Items("spec.subsets").Select(subset => $"the subset {subset.Text("name")}").Concat(rule.Body.At("spec.trafficPolicy") is null ? [] : ["trafficPolicy"])
        group rule by (Part: part, Host: MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space), rule.Space, Selector: rule.Body.At("spec.workloadSelector")?.ToJsonString()) into same
        let names = same.Select(rule => rule.Manifest.DisplayName).Distinct().ToList()
        where names.Count > 1
        select new Violation(names[^1], $"it and {names[0]} both have {same.Key.Part} of {same.Key.Host}: Istio obeys only one of them", "Merge them.");

    /// <summary>The duration at a path; null where there is none that Istio reads.</summary>
    public static TimeSpan? Duration(JsonNode route, string path) => Durations.TryParse(route.Text(path) ?? "", out var duration) ? duration : null;
}
