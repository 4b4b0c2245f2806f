namespace GopherMesh.Tests.Observability;

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
