namespace GopherMesh.Tests.Observability;

/// <summary>
/// The rules are tested on whatever Prometheus the machine has; the grammar here is that of the deployed one, from its own editor
/// (npm's @prometheus-io/lezer-promql).
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
