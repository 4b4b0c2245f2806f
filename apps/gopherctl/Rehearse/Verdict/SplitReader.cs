using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>
/// Reads from the manifests what is declared for a `GET /`, so that what the data plane does is judged against the declaration and not
/// against the data plane's own reading of it.
/// </summary>
internal static class SplitReader
{
    private const string Method = "GET";
    private const string Path = "/";

    /// <summary>The split of the one VirtualService that routes to subsets.</summary>
    /// <exception cref="UserException">None does, or several do.</exception>
    public static DeclaredSplit Read(IReadOnlyList<Manifest> manifests)
    {
        var routes = manifests.Where(manifest => manifest.Kind == "VirtualService")
            .Select(manifest => RouteOf(manifest.Body))
            .Where(route => Destinations(route).Any(destination => Subset(destination) is not null))
            .ToList();
        if (routes is not [{ } taken])
        {
            throw new UserException(
                $"{routes.Count} VirtualServices route a {Method} {Path} to subsets", "the declared routing", "Declare one: the rehearsal judges one split.");
        }

        var host = Text(Destinations(taken).First()["destination"]?["host"]) ?? "";
        return new DeclaredSplit(host, [.. Subsets(manifests, host).Select(subset => new DeclaredVersion(
            subset.Name, subset.Labels, ShareOf(taken, subset.Name), MirrorOf(taken, subset.Name)))]);
    }

    // The first route with a match that holds, or without one.
    private static JsonObject? RouteOf(JsonObject virtualService) =>
        Objects(virtualService["spec"]?["http"]).FirstOrDefault(route => route["match"] is not JsonArray { Count: > 0 } matches || Objects(matches).Any(Holds));

    // The rehearsal's requests have no header that a route could ask for.
    private static bool Holds(JsonObject match) =>
        match["headers"] is not JsonObject { Count: > 0 } && Holds(match["method"], Method) && Holds(match["uri"], Path);

    private static bool Holds(JsonNode? condition, string text) =>
        condition is null
        || Text(condition["exact"]) == text
        || (Text(condition["prefix"]) is { } prefix && text.StartsWith(prefix, StringComparison.Ordinal))
        || (Text(condition["regex"]) is { } regex && Regex.IsMatch(text, $"^(?:{regex})$"));

    private static double ShareOf(JsonObject route, string subset)
    {
        var destinations = Destinations(route).ToList();
        // A single destination without a weight gets everything.
        double Weight(JsonObject destination) => Number(destination["weight"]) ?? (destinations.Count == 1 ? 100 : 0);
        return destinations.Where(destination => Subset(destination) == subset).Sum(Weight) / destinations.Sum(Weight);
    }

    private static double MirrorOf(JsonObject route, string subset)
    {
        var mirrors = Objects(route["mirrors"]).Select(mirror => (Target: mirror["destination"], Percent: mirror["percentage"]))
            .Append((Target: route["mirror"], Percent: route["mirrorPercentage"]));
        // Istio takes an absent percentage for all.
        return mirrors.Where(mirror => Text(mirror.Target?["subset"]) == subset).Sum(mirror => (Number(mirror.Percent?["value"]) ?? 100) / 100);
    }

    private static IEnumerable<(string Name, IReadOnlyDictionary<string, string> Labels)> Subsets(IReadOnlyList<Manifest> manifests, string host)
    {
        var selector = manifests.Where(manifest => manifest.Kind == "Service" && $"{manifest.Name}.{manifest.Namespace}.svc.cluster.local" == host)
            .SelectMany(service => Labels(service.Body["spec"]?["selector"]))
            .ToDictionary();
        return from rule in manifests
               where rule.Kind == "DestinationRule" && Text(rule.Body["spec"]?["host"]) == host
               from subset in Objects(rule.Body["spec"]?["subsets"])
               orderby Text(subset["name"])
               select (Text(subset["name"]) ?? "", (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(selector.Concat(Labels(subset["labels"]).ExceptBy(selector.Keys, label => label.Key))));
    }

    private static IEnumerable<JsonObject> Destinations(JsonObject? route) => Objects(route?["route"]);

    private static string? Subset(JsonObject destination) => Text(destination["destination"]?["subset"]);

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];

    private static IEnumerable<KeyValuePair<string, string>> Labels(JsonNode? map) =>
        (map as JsonObject)?.Select(label => KeyValuePair.Create(label.Key, Text(label.Value) ?? "")) ?? [];

    private static double? Number(JsonNode? node) => node is null ? null : double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    private static string? Text(JsonNode? node) => (node as JsonValue)?.TryGetValue(out string? text) == true ? text : null;
}
