using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// One call waits for the next: who is called gives up first, then who calls it, then the route that would try again. The other way round a caller repeats
/// what still runs, or gives up while the mesh repeats for nobody.
/// </summary>
internal static class CallTimes
{
    private static readonly string[] Addresses = ["_URL", "_URI", "_ADDR", "_ADDRESS", "_ENDPOINT", "_HOST"];

    /// <summary>What <c>route-limits</c> asks of the times of several objects.</summary>
    public static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        foreach (var pods in Pods.In(stack))
        {
            var (into, calls) = (Routes(stack, [.. pods.Services(stack).Select(service => MeshHost.Qualify(service.Manifest.Name, service.Space))]), CalledHost.Of(pods).ToList());
            foreach (var call in calls)
            {
                var longest = Routes(stack, [call.Host]).Where(found => IsForMesh(found.Service)).Select(found => RouteLimits.Duration(found.Route, "timeout")).Max();
                var own = Patience(call);
                if (own < longest)
                {
                    yield return new(pods.Workload, $"it gives up a call of {call.Host} after {Text(own)}, and the route goes on for {Text(longest)}: nobody waits for what it repeats", "Let the caller wait longer than the route's timeout.");
                }

                foreach (var (service, route, path) in into.Where(_ => (own ?? longest) is not null))
                {
                    var part = RouteLimits.Duration(route, "retries.perTryTimeout") is not null && (route.Number("retries.attempts") ?? 2) > 0 ? "retries.perTryTimeout" : "timeout";
                    if (RouteLimits.Duration(route, part) is { } patience && patience > TimeSpan.Zero && patience <= (own ?? longest))
                    {
                        yield return new(service.Manifest.DisplayName, $"{path}.{part} is {Text(patience)}, and {pods.Workload} waits for {call.Host} up to {Text(own ?? longest)}: {(part == "timeout" ? "its caller gives up before it does" : "it is asked again while it still answers")}", $"Raise it above {Text(own ?? longest)}.");
                    }
                }
            }

            var grace = (pods.Spec.Number("terminationGracePeriodSeconds") ?? 30) - pods.Spec.Items("containers").Select(container => container.Number("lifecycle.preStop.sleep.seconds") ?? 0).DefaultIfEmpty(0).Max();
            if (into.Select(found => RouteLimits.Duration(found.Route, "timeout")).Max() is { } request && grace > 0 && request > TimeSpan.FromSeconds(grace))
            {
                yield return new(pods.Workload, $"it is killed {grace} s after its preStop hook, and a route lets a request take {Text(request)}", "Raise terminationGracePeriodSeconds.");
            }

            var connect = stack.OfKind("DestinationRule").Where(rule => pods.Services(stack).Any(service => MeshHost.Covers(MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space), MeshHost.Qualify(service.Manifest.Name, service.Space))))
                .SelectMany(rule => rule.Body.Walk().Where(found => found.Path.EndsWith(".tcp", StringComparison.Ordinal)).Select(found => (Rule: rule, Time: RouteLimits.Duration(found.Node, "connectTimeout"))));
            foreach (var (rule, time) in connect.Where(found => into.Exists(route => found.Time > (RouteLimits.Duration(route.Route, "retries.perTryTimeout") ?? RouteLimits.Duration(route.Route, "timeout")))))
            {
                yield return new(rule.Manifest.DisplayName, $"connectTimeout is {Text(time)}, longer than a route gives a try: a pod that is gone is never found out", "Set it below perTryTimeout.");
            }
        }
    }

    private static List<(RenderedManifest Service, JsonNode Route, string Path)> Routes(RenderedStack stack, IReadOnlyList<string> hosts) =>
        [.. from service in stack.OfKind("VirtualService")
            from route in service.Body.Items("spec.http").Index()
            where route.Item.Items("route").Any(target => hosts.Contains(MeshHost.Qualify(target.Text("destination.host") ?? "", service.Space)))
            select (service, route.Item, $"spec.http[{route.Index}]")];

    private static bool IsForMesh(RenderedManifest service) => !service.Body.Texts("spec.gateways").Any() || service.Body.Texts("spec.gateways").Contains("mesh");

    // NAME_URL goes with NAME_TIMEOUT_MS, NAME_TIMEOUT_SECONDS and NAME_TIMEOUT, by convention.
    private static TimeSpan? Patience(CalledHost call)
    {
        var name = Addresses.FirstOrDefault(suffix => call.Name.EndsWith(suffix, StringComparison.Ordinal)) is { } ending ? call.Name[..^ending.Length] : null;
        var variable = name is null ? null : call.Container.Items("env").FirstOrDefault(other => other.Text("name")?.StartsWith($"{name}_TIMEOUT", StringComparison.Ordinal) == true);
        return (variable.Text("name") is { } found ? found[(name!.Length + "_TIMEOUT".Length)..] : null) switch
        {
            "_MS" when double.TryParse(variable.Text("value"), out var milliseconds) => TimeSpan.FromMilliseconds(milliseconds),
            "_SECONDS" when double.TryParse(variable.Text("value"), out var seconds) => TimeSpan.FromSeconds(seconds),
            "" when variable is not null => RouteLimits.Duration(variable, "value"),
            _ => null,
        };
    }

    private static string Text(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalSeconds:0.###} s") : "";
}
