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
    [NodeFact]
    public async Task The_deployed_Prometheus_parses_every_query_of_rules_dashboards_and_docs()
    {
        string[] rules = [.. RuleFiles.All.Select(rule => rule.Expression)];
        string[] dashboards = [.. Dashboards.Panels.SelectMany(panel => panel.Queries), .. Dashboards.AnnotationQueries];
        string[] docs = [.. Docs.Queries(Docs.Observability)];
        Assert.NotEmpty(rules);
        Assert.NotEmpty(dashboards);
        Assert.NotEmpty(docs);

        var refused = await NodeScript.RunAsync<string[]>("parse.mjs", rules.Concat(dashboards).Concat(docs).Select(Dashboards.Resolved));

        Assert.Empty(refused);
    }

    [NodeFact]
    public async Task The_grammar_refuses_what_is_no_query() =>
        Assert.Equal(["character 2: a ? b"], await NodeScript.RunAsync<string[]>("parse.mjs", (string[])["a ? b", "rate(a[5m])"]));
}
