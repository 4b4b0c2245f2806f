using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Reading;

/// <summary>
/// VirtualServices without hosts, whose routes Istio merges into those of the VirtualServices that delegate to them (istio
/// pilot/pkg/model/virtualservice.go, MergeHTTPRoutes; virtualservice_controller.go, mergeVirtualServices).
/// </summary>
internal static class Delegation
{
    /// <summary>What a delegate's route takes of the route that delegates, where it says nothing itself.</summary>
    private static readonly string[] Inherited =
    [
        "rewrite", "directResponse", "timeout", "retries", "fault", "mirror", "mirrorPercent", "mirrorPercentage", "corsPolicy", "mirrors", "headers",
    ];

    /// <summary>Whether any VirtualService is a delegate, or delegates.</summary>
    public static bool IsUsed(IReadOnlyList<Manifest> virtualServices) =>
        virtualServices.Any(manifest => IsDelegate(manifest) || Routes(manifest).Any(route => route["delegate"] is not null));

    /// <summary>The VirtualServices with hosts, each with the routes of its delegates; what is without effect is noted.</summary>
    public static IReadOnlyList<Manifest> Merge(IReadOnlyList<Manifest> virtualServices, ReadingReport report)
    {
        var delegates = virtualServices.Where(IsDelegate).Select(Qualified).ToDictionary(manifest => MetadataReader.NameOf(manifest).ToString());
        var roots = virtualServices.Where(manifest => !IsDelegate(manifest)).Select(Qualified).ToList();
        var named = roots.SelectMany(root => Routes(root).Where(route => route["delegate"] is not null).Select(route => TargetOf(route, root))).ToHashSet();
        foreach (var unused in delegates.Where(candidate => !named.Contains(candidate.Key)))
        {
            report.Note(unused.Value.DisplayName, "spec", "has no hosts, and no VirtualService delegates to it: it has no effect, as in a mesh");
        }

        foreach (var root in roots)
        {
            root.Body["spec"]!["http"] = new JsonArray([.. Routes(root).Index().SelectMany(route => MergedRoutes(root, route.Index, route.Item, delegates, report))]);
        }

        return roots;
    }

    private static IEnumerable<JsonObject> MergedRoutes(
        Manifest root, int index, JsonObject route, Dictionary<string, Manifest> delegates, ReadingReport report)
    {
        if (route["delegate"] is null)
        {
            return [(JsonObject)route.DeepClone()];
        }

        var target = TargetOf(route, root);
        if (!delegates.TryGetValue(target, out var found))
        {
            report.Note(root.DisplayName, $"spec.http[{index}].delegate", $"there is no VirtualService {target} without hosts: the route is left out, as in a mesh");
            return [];
        }

        var space = MetadataReader.NameOf(root).Namespace;
        if (!IsShownTo(space, found))
        {
            report.Note(root.DisplayName, $"spec.http[{index}].delegate", $"the exportTo of {target} does not show it to {space}: the route is left out, as in a mesh");
            return [];
        }

        var merged = Routes(found).Select(own => MergedRoute(route, (JsonObject)own.DeepClone())).ToList();
        if (merged.Contains(null))
        {
            report.Note(root.DisplayName, $"spec.http[{index}].delegate", $"{target} has routes with matches that this route's matches do not cover: they are left out, as in a mesh");
        }

        return merged.OfType<JsonObject>();
    }

    private static JsonObject? MergedRoute(JsonObject root, JsonObject route)
    {
        var (matches, own) = (Objects(root["match"]), Objects(route["match"]));
        if (matches.Count > 0 && own.Count > 0)
        {
            var merged = own.Select(match => matches.Where(outer => !DelegateMatch.Conflicts(outer, match)).Select(outer => DelegateMatch.Merge(outer, match)).ToList()).ToList();
            if (merged.Exists(pairs => pairs.Count == 0))
            {
                return null;
            }

            route["match"] = new JsonArray([.. merged.SelectMany(pairs => pairs)]);
        }
        else if (matches.Count > 0)
        {
            route["match"] = root["match"]!.DeepClone();
        }

        route["name"] = DelegateMatch.JoinedName(root, route);
        foreach (var field in Inherited.Where(field => route[field] is null or JsonArray { Count: 0 }))
        {
            route[field] = root[field]?.DeepClone();
        }

        return route;
    }

    private static string TargetOf(JsonObject route, Manifest root)
    {
        var space = DelegateMatch.Text(route["delegate"]?["namespace"]);
        return $"{(space.Length > 0 ? space : MetadataReader.NameOf(root).Namespace)}/{DelegateMatch.Text(route["delegate"]?["name"])}";
    }

    private static bool IsShownTo(string space, Manifest leaf) =>
        leaf.Body["spec"]?["exportTo"] is not JsonArray { Count: > 0 } shown
        || shown.Select(DelegateMatch.Text).Any(name => name is "*" || name == space || (name is "." && MetadataReader.NameOf(leaf).Namespace == space));

    private static bool IsDelegate(Manifest manifest) => (manifest.Body["spec"] as JsonObject)?["hosts"] is null or JsonArray { Count: 0 };

    private static List<JsonObject> Routes(Manifest manifest) => Objects((manifest.Body["spec"] as JsonObject)?["http"]);

    private static List<JsonObject> Objects(JsonNode? list) => [.. (list as JsonArray ?? []).OfType<JsonObject>()];

    /// <summary>A copy in which hosts and gateways are named in full, because short names are those of the object's own namespace.</summary>
    private static Manifest Qualified(Manifest manifest)
    {
        var copy = manifest with { Body = (JsonObject)manifest.Body.DeepClone() };
        var name = MetadataReader.NameOf(manifest);
        foreach (var route in Routes(copy))
        {
            foreach (var destination in Objects(route["route"]).Concat(Objects(route["mirrors"])).Select(target => target["destination"]).Append(route["mirror"]).OfType<JsonObject>())
            {
                destination["host"] = HostNames.Qualify(DelegateMatch.Text(destination["host"]), name);
            }

            foreach (var match in Objects(route["match"]).Where(match => match["gateways"] is JsonArray))
            {
                match["gateways"] = new JsonArray([.. match["gateways"]!.AsArray().Select(gateway => (JsonNode)HostNames.QualifyGateway(DelegateMatch.Text(gateway), name))]);
            }
        }

        return copy;
    }
}
