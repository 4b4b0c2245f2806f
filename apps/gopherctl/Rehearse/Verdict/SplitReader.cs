using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Conventions;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>
/// Reads from the manifests what is declared for a `GET /`, so that what the data plane does is judged against the declaration and not
/// against the data plane's own reading of it.
/// </summary>
internal static class SplitReader
{
    private const string Method = "GET";
    private const string Path = "/";

    /// <summary>The split of the VirtualService that routes to subsets; of several, that of gopher-distributor, which answers the requests.</summary>
    /// <exception cref="UserException">None does, or several do and none of them leads to gopher-distributor.</exception>
    public static DeclaredSplit Read(IReadOnlyList<Manifest> manifests)
    {
        var routes = manifests.Where(manifest => manifest.Kind == "VirtualService")
            .Select(manifest => RouteOf(manifest.Body))
            .Where(route => Destinations(route).Any(destination => Subset(destination) is not null))
            .ToList();
        var judged = routes is [_] ? routes : routes.Where(route => HostOf(route).Split('.')[0] == Names.Distributor).ToList();
        if (judged is not [{ } taken])
        {
            throw new UserException(
                $"{routes.Count} VirtualServices route a {Method} {Path} to subsets",
                "the declared routing",
                $"Declare one, or one to {Names.Distributor}: the rehearsal judges one split.");
        }

        var host = HostOf(taken);
        return new DeclaredSplit(host, [.. Subsets(manifests, host).Select(subset => new DeclaredVersion(
            subset.Name, subset.Labels, ShareOf(taken, subset.Name), MirrorOf(taken, subset.Name)))])
        {
            Aborted = (taken.Real("fault.abort.percentage.value") ?? 0) / 100,
            NotJudged = [.. routes.Select(HostOf).Where(other => other != host)],
        };
    }

    // The first route with a match that holds, or without one.
    private static JsonObject? RouteOf(JsonObject virtualService) =>
        virtualService.Objects("spec.http").FirstOrDefault(route => !route.Items("match").Any() || route.Objects("match").Any(Holds));

    // The rehearsal's requests have no header that a route could ask for.
    private static bool Holds(JsonObject match) =>
        match["headers"] is not JsonObject { Count: > 0 } && Holds(match["method"], Method) && Holds(match["uri"], Path);

    private static bool Holds(JsonNode? condition, string text) =>
        condition is null
        || condition.Text("exact") == text
        || (condition.Text("prefix") is { } prefix && text.StartsWith(prefix, StringComparison.Ordinal))
        || (condition.Text("regex") is { } regex && Regex.IsMatch(text, $"^(?:{regex})$"));

    private static double ShareOf(JsonObject route, string subset)
    {
        var destinations = Destinations(route).ToList();
        // A single destination without a weight gets everything.
        double Weight(JsonObject destination) => destination.Real("weight") ?? (destinations.Count == 1 ? 100 : 0);
        return destinations.Where(destination => Subset(destination) == subset).Sum(Weight) / destinations.Sum(Weight);
    }

    private static double MirrorOf(JsonObject route, string subset)
    {
        var mirrors = route.Objects("mirrors").Select(mirror => (Target: mirror["destination"], Percent: mirror.Real("percentage.value")))
            .Append((Target: route["mirror"], Percent: route.Real("mirrorPercentage.value")));
        // Istio takes an absent percentage for all.
        return mirrors.Where(mirror => mirror.Target.Text("subset") == subset).Sum(mirror => (mirror.Percent ?? 100) / 100);
    }

    private static IEnumerable<(string Name, IReadOnlyDictionary<string, string> Labels)> Subsets(IReadOnlyList<Manifest> manifests, string host)
    {
        var selector = manifests.Where(manifest => manifest.Kind == "Service" && $"{manifest.Name}.{manifest.Namespace}.svc.cluster.local" == host)
            .SelectMany(service => service.Body.TextMembers("spec.selector"))
            .ToDictionary();
        return from rule in manifests
               where rule.Kind == "DestinationRule" && rule.Body.Text("spec.host") == host
               from subset in rule.Body.Objects("spec.subsets")
               let labels = subset.TextMembers("labels").ExceptBy(selector.Keys, label => label.Key)
               orderby subset.Text("name")
               select (subset.Text("name") ?? "", (IReadOnlyDictionary<string, string>)selector.Concat(labels).ToDictionary());
    }

    private static IEnumerable<JsonObject> Destinations(JsonObject? route) => route.Objects("route");

    private static string HostOf(JsonObject? route) => Destinations(route).First().Text("destination.host") ?? "";

    private static string? Subset(JsonObject destination) => destination.Text("destination.subset");
}

/// <summary>What is declared for the requests that the rehearsal sends: who answers which share of them, and who gets copies.</summary>
/// <param name="Host">The host whose subsets are the versions.</param>
/// <param name="Versions">Every declared subset of the host, those without a share included, by name.</param>
internal sealed record DeclaredSplit(string Host, IReadOnlyList<DeclaredVersion> Versions)
{
    /// <summary>The share of the requests that the callers' proxies fail on purpose, 0 to 1.</summary>
    public double Aborted { get; init; }

    /// <summary>Other hosts whose requests are split between versions. The rehearsal routes them so, but judges only <see cref="Host"/>.</summary>
    public IReadOnlyList<string> NotJudged { get; init; } = [];

    /// <summary>The version that a pod belongs to; null for a pod of another service.</summary>
    public string? VersionOf(IReadOnlyDictionary<string, string> podLabels) =>
        Versions.FirstOrDefault(version => version.Labels.All(label => podLabels.GetValueOrDefault(label.Key) == label.Value))?.Name;
}

/// <summary>A version and its part in the split.</summary>
/// <param name="Name">The subset's name.</param>
/// <param name="Labels">The labels of its pods: the Service's selector and the subset's own.</param>
/// <param name="Share">The share of the requests that it answers, 0 to 1.</param>
/// <param name="Mirror">The share of the requests of which it gets a copy, 0 to 1.</param>
internal sealed record DeclaredVersion(string Name, IReadOnlyDictionary<string, string> Labels, double Share, double Mirror);
