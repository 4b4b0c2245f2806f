using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Observability;

/// <summary>The reader finds every name in a query: a check that misses one has no value.</summary>
public class PromQlTests
{
    [Theory]
    [InlineData("a", "a")]
    [InlineData("a{x=\"b\", y=~\"c|d\"}", "a[x,y]")]
    [InlineData("rate(a{}[5m])", "a")]
    [InlineData("rate(a[$__rate_interval])", "a")]
    [InlineData("sum by (x) (rate(a[5m] offset 5m))", "a")]
    [InlineData("sum without (x) (a) / on (y) group_left (z) b{x!='1'}", "a b[x]")]
    [InlineData("level:a:rate5m >= bool 0.1 and b unless c or d", "level:a:rate5m b c d")]
    [InlineData("histogram_quantile(0.99, sum by (le) (a_bucket)) * 1.25e3 + 10", "a_bucket")]
    [InlineData("label_replace(a{x=\"1\"}, \"made\", \"$1\", \"source\", \"(.*)\")", "a[x]")]
    [InlineData("label_replace(label_replace(a, \"m\", \"$1\", \"s\", \"x\"), \"n\", \"$1\", \"t\", \"x\") * b", "a b")]
    [InlineData("a # b\n + c", "a c")]
    [InlineData("a{x=\"b and {c}\"} @ 1609746000", "a[x]")]
    public void Finds_every_selector(string expression, string expected) =>
        Assert.Equal(expected.Split(' '), PromQl.Read(expression).Selectors.Select(Text));

    [Theory]
    [InlineData("sum by (x, y) (a)", "x y")]
    [InlineData("sum(a) by (x)", "x")]
    [InlineData("a / ignoring (x) group_left (y) b", "x y")]
    [InlineData("label_replace(label_replace(a, \"m\", \"$1\", \"s\", \"x\"), \"n\", \"$1\", \"t\", \"x\")", "s t")]
    [InlineData("a{x=\"1\"}", "")]
    public void Finds_every_label_that_groups(string expression, string expected) =>
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries), PromQl.Read(expression).Grouping.Order(StringComparer.Ordinal));

    [Fact]
    public void Finds_the_labels_that_a_query_makes() =>
        Assert.Equal(
            ["m", "n"], PromQl.Read("label_replace(label_join(a, \"m\", \"-\", \"s\"), \"n\", \"$1\", \"m\", \"x\")").Made.Order());

    [Fact]
    public void Refuses_what_is_no_query() => Assert.Throws<FormatException>(() => PromQl.Read("a ? b"));

    private static string Text(Selector selector) =>
        selector.Labels.Count == 0 ? selector.Metric : $"{selector.Metric}[{string.Join(",", selector.Labels)}]";
}

/// <summary>
/// The rules are tested with the Prometheus of the machine, whatever its version; the grammar here is that of the deployed version, from its
/// own editor (npm's @prometheus-io/lezer-promql).
/// </summary>
public class PromQlGrammarTests
{
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    private static IReadOnlyList<string> AskedByGopherctl => [PrometheusCounts.Query(Host, copies: false), PrometheusCounts.Query(Host, copies: true)];

    [NodeFact]
    public async Task The_deployed_Prometheus_parses_every_query_of_rules_dashboards_docs_and_gopherctl()
    {
        string[] rules = [.. RuleFiles.All.Select(rule => rule.Expression)];
        string[] dashboards = [.. Dashboards.Panels.SelectMany(panel => panel.Queries), .. Dashboards.AnnotationQueries];
        string[] docs = [.. Docs.Pages.SelectMany(Docs.Queries)];
        Assert.NotEmpty(rules);
        Assert.NotEmpty(dashboards);
        Assert.InRange(docs.Length, 2, 50);

        var refused = await NodeScript.RunAsync<string[]>("parse.mjs", rules.Concat(dashboards).Concat(docs).Select(Dashboards.Resolved).Concat(AskedByGopherctl));

        Assert.Empty(refused);
    }

    // Not in code of another language, and not one that nobody looks for here: a page that asks otherwise needs a way to find it.
    [Fact]
    public void Every_query_of_a_page_is_found()
    {
        var found = Docs.Pages.SelectMany(Docs.Queries).SelectMany(query => query.Split('\n')).Select(line => line.Trim()).Where(line => line.Length > 1).ToHashSet();

        Assert.DoesNotContain(
            Docs.Pages.SelectMany(Docs.QueryLines),
            line => !found.Contains(line.Trim()) && !found.Any(query => line.Contains($"\"{query}\"", StringComparison.Ordinal)));
    }

    // gopherctl asks Prometheus in one place.
    [Fact]
    public void Every_query_of_gopherctl_is_among_them()
    {
        var asking = Directory.EnumerateFiles(Path.Combine(Repository.Root, "apps"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("api/v1/query?", StringComparison.Ordinal));

        Assert.Equal("PrometheusCounts.cs", Path.GetFileName(Assert.Single(asking)));
    }

    [NodeFact]
    public async Task The_grammar_refuses_what_is_no_query() =>
        Assert.Equal(["character 2: a ? b"], await NodeScript.RunAsync<string[]>("parse.mjs", (string[])["a ? b", "rate(a[5m])"]));
}

/// <summary>A metric as a query names it, with the labels that it is selected by.</summary>
internal sealed record Selector(string Metric, IReadOnlyList<string> Labels);

/// <summary>The names in a PromQL expression.</summary>
/// <param name="Selectors">The metrics that it reads.</param>
/// <param name="Grouping">The labels by which it groups and matches, and those that functions read.</param>
/// <param name="Made">The labels that it makes itself, with label_replace or label_join.</param>
internal sealed record PromQl(IReadOnlyList<Selector> Selectors, IReadOnlySet<string> Grouping, IReadOnlySet<string> Made)
{
    private static readonly HashSet<string> Operators = ["and", "or", "unless", "atan2", "bool", "offset", "inf", "nan"];

    // After an aggregation or a binary operator: a list of labels follows in parentheses.
    private static readonly HashSet<string> LabelLists = ["by", "without", "on", "ignoring", "group_left", "group_right"];

    /// <summary>Reads <paramref name="expression"/>; promtool checks its syntax.</summary>
    public static PromQl Read(string expression)
    {
        var reader = new Reader(PromQlTokens.Of(expression));
        reader.Read();
        return new PromQl(reader.Selectors, reader.Grouping, reader.Made);
    }

    private sealed class Reader(IReadOnlyList<string> tokens)
    {
        public List<Selector> Selectors { get; } = [];

        public HashSet<string> Grouping { get; } = [];

        public HashSet<string> Made { get; } = [];

        public void Read()
        {
            for (var i = 0; i < tokens.Count; i++)
            {
                i = tokens[i] switch
                {
                    "label_replace" or "label_join" => Labelled(i),
                    var name when LabelLists.Contains(name) => List(i + 1, ")", Grouping),
                    var name when PromQlTokens.IsName(name) && !IsFunction(i) && !Operators.Contains(name) => Select(i),
                    _ => i,
                };
            }
        }

        // `sum by (x) (…)` and `rate(…)`; an operator such as `and (…)` is not a function, but no metric either.
        private bool IsFunction(int at) => Next(at) is "(" or "by" or "without";

        private string? Next(int at) => at + 1 < tokens.Count ? tokens[at + 1] : null;

        private int Select(int at)
        {
            var labels = new HashSet<string>();
            var end = Next(at) == "{" ? List(at + 1, "}", labels) : at;
            Selectors.Add(new Selector(tokens[at], [.. labels]));
            return end;
        }

        // Within braces a label's value is a string, so every name is a label's.
        private int List(int open, string close, HashSet<string> labels)
        {
            var at = open;
            for (; tokens[at] != close; at++)
            {
                if (PromQlTokens.IsName(tokens[at]))
                {
                    labels.Add(tokens[at]);
                }
            }

            return at;
        }

        // label_replace(v, "made", "replacement", "source", "regex"): the strings after the vector, which may hold a call of its own.
        private int Labelled(int at)
        {
            var depth = 0;
            var strings = new List<string>();
            for (var i = at + 1; i < tokens.Count && (i == at + 1 || depth > 0); i++)
            {
                depth += tokens[i] switch { "(" or "{" => 1, ")" or "}" => -1, _ => 0 };
                if (depth == 1 && PromQlTokens.IsString(tokens[i]))
                {
                    strings.Add(PromQlTokens.Unquoted(tokens[i]));
                }
            }

            Made.Add(strings[0]);
            Grouping.UnionWith(tokens[at] == "label_replace" ? [strings[2]] : strings.Skip(2));
            return at;
        }
    }
}

/// <summary>
/// The tokens of a PromQL expression: names, strings and single characters of punctuation. Numbers, durations and comments are left out.
/// </summary>
internal static partial class PromQlTokens
{
    public static IReadOnlyList<string> Of(string expression)
    {
        var matches = Token().Matches(expression);
        return matches.Sum(match => match.Length) == expression.Length
            ? [.. matches.Where(match => match.Groups["kept"].Success).Select(match => match.Value)]
            : throw new FormatException($"Not PromQL: {expression}");
    }

    /// <summary>The text within the quotes of a string token.</summary>
    public static string Unquoted(string token) => token[1..^1];

    public static bool IsString(string token) => token[0] is '"' or '\'' or '`';

    public static bool IsName(string token) => char.IsLetter(token[0]) || token[0] is '_' or ':';

    // Durations first, so that 5m is not a number and a name; $__rate_interval is in the place of a duration, "$service" is within a string.
    [GeneratedRegex("""
        \s+ | \#[^\n]* | \[ [^\]]* \] | (?:0x[0-9a-fA-F]+|\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*|\d*\.?\d+(?:[eE][+-]?\d+)?)
        | (?<kept> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`
        | [a-zA-Z_:][a-zA-Z0-9_:]* | [(){},] | =~ | !~ | != | [=<>]=? | [-+*/%^@] )
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();
}
