using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace GopherMesh.Infra.Settings.Parsing;

/// <summary>Parses the map of version names to images.</summary>
internal static class ParseVersions
{
    /// <summary>A parser whose names keep <paramref name="name"/>, and whose images are empty or keep <paramref name="image"/>.</summary>
    public static Parser<IReadOnlyDictionary<string, string>> With(Rule name, Rule image) => text => Json.TryParse(text) switch
    {
        JsonObject { Count: > 0 } versions => Read(versions, name, image),
        _ => new Problem("""use a map of version names to images, such as {"v1": ""}, each name once"""),
    };

    private static Parsed<IReadOnlyDictionary<string, string>> Read(JsonObject versions, Rule name, Rule image)
    {
        var images = versions.ToImmutableSortedDictionary(entry => entry.Key, entry => Json.AsString(entry.Value) ?? "", StringComparer.Ordinal);
        var badNames = from version in images.Keys
                       let remedy = name(version)
                       where remedy is not null
                       select new Problem($"rename the version: {remedy}", $".{version}", version);
        var badImages = from version in images.Keys
                        let found = versions[version]
                        let remedy = Json.AsString(found) is { } reference
                            ? (reference.Length == 0 ? null : image(reference))
                            : """use an image in quotes, or "" for one built from this repository"""
                        where remedy is not null
                        select new Problem(remedy, $".{version}", Json.AsString(found) ?? found?.ToJsonString() ?? "null");
        return new(images, [.. badNames, .. badImages]);
    }
}
