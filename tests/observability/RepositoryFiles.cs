using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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
internal static partial class Docs
{
    /// <summary>The page about metrics, alerts and traces.</summary>
    public const string Observability = "docs/observability.md";

    /// <summary>Every page.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        ["README.md", .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order(StringComparer.Ordinal)];

    /// <summary>The anchors of a page's headings, as GitHub and GitLab make them: lower-case letters, and hyphens instead of spaces.</summary>
    public static IReadOnlySet<string> Anchors(string page) => Lines(page)
        .Where(line => line.StartsWith('#'))
        .Select(line => line.TrimStart('#').Trim().ToLowerInvariant().Replace(' ', '-'))
        .Select(heading => string.Concat(heading.Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_')))
        .ToHashSet();

    /// <summary>The rows of a page's tables.</summary>
    public static IEnumerable<string> TableRows(string page) => Lines(page).Where(line => line.StartsWith('|'));

    /// <summary>The queries of a page: its blocks of code in the language <c>promql</c>, and what its scripts assign to <c>query</c>.</summary>
    public static IEnumerable<string> Queries(string page)
    {
        var text = string.Join('\n', Lines(page));
        return text.Split("```promql\n").Skip(1).Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)])
            .Concat(Assigned().Matches(text).Select(match => match.Groups["query"].Value.Replace("\\\"", "\"", StringComparison.Ordinal)));
    }

    /// <summary>The lines of a page that select a metric by its labels or take its rate.</summary>
    public static IEnumerable<string> QueryLines(string page) => Lines(page).Select(line => line.Replace("\\\"", "\"", StringComparison.Ordinal)).Where(line => Selecting().IsMatch(line));

    /// <summary>The lines of a page.</summary>
    public static IReadOnlyList<string> Lines(string page) => File.ReadAllLines(Path.Combine(Repository.Root, page));

    [GeneratedRegex("""^\s*query="(?<query>(?:\\.|[^"\\])*)"$""", RegexOptions.Multiline)]
    private static partial Regex Assigned();

    [GeneratedRegex("""\w(_total|_bucket|_count|_sum|_bytes)\{|\b(rate|increase|histogram_quantile)\(""")]
    private static partial Regex Selecting();
}
