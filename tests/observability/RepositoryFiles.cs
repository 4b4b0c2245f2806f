using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Observability;

/// <summary>A file of the repository's folder <c>observability</c> as JSON, in which every scalar is a string.</summary>
internal static class YamlFile
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();
    private static readonly ISerializer Json = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>Reads the file at a path within the folder.</summary>
    public static JsonNode Read(params string[] path)
    {
        var file = Path.Combine([AppContext.BaseDirectory, "observability", .. path]);
        return JsonNode.Parse(Json.Serialize(Yaml.Deserialize<object>(File.ReadAllText(file))))!;
    }
}

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its root, the folder of Pulumi.yaml.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory);

    private static string Above(string folder) =>
        File.Exists(Path.Combine(folder, "Pulumi.yaml")) ? folder : Above(Path.GetDirectoryName(folder)!);
}

/// <summary>The repository's pages in Markdown, by their paths from its root.</summary>
internal static class Docs
{
    /// <summary>The page about metrics, alerts and traces.</summary>
    public const string Observability = "docs/observability.md";

    /// <summary>The anchors of a page's headings, as GitHub and GitLab make them: lower-case letters, and hyphens instead of spaces.</summary>
    public static IReadOnlySet<string> Anchors(string page) => Lines(page)
        .Where(line => line.StartsWith('#'))
        .Select(line => line.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-'))
        .Select(heading => string.Concat(heading.Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_')))
        .ToHashSet();

    /// <summary>The rows of a page's tables.</summary>
    public static IEnumerable<string> TableRows(string page) => Lines(page).Where(line => line.StartsWith('|'));

    /// <summary>The queries of a page: its blocks of code in the language <c>promql</c>.</summary>
    public static IEnumerable<string> Queries(string page) => string.Join('\n', Lines(page))
        .Split("```promql\n")
        .Skip(1)
        .Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]);

    private static string[] Lines(string page) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, page));
}
