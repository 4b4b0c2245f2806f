namespace GopherMesh.Tests.Observability;

/// <summary>Every metric and label that a rule or a panel names is one that is emitted or recorded.</summary>
public class VocabularyTests
{
    private static readonly Vocabulary Vocabulary = new(RuleFiles.All);

    public static TheoryData<string> Rules => [.. RuleFiles.All.Select(rule => rule.Expression)];

    public static TheoryData<string> Panels => [.. Dashboards.Panels.SelectMany(panel => panel.Queries), .. Dashboards.AnnotationQueries];

    public static TheoryData<string> Variables => [.. Dashboards.VariableQueries];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Knows_every_metric_and_label_of_a_rule(string expression) => Assert.Empty(Vocabulary.Unknown(expression));

    [Theory]
    [MemberData(nameof(Panels))]
    public void Knows_every_metric_and_label_of_a_panel(string expression) => Assert.Empty(Vocabulary.Unknown(expression));

    [Theory]
    [MemberData(nameof(Variables))]
    public void Knows_the_metric_and_label_that_fill_a_variable(string query)
    {
        var (metric, label) = (query["label_values(".Length..query.LastIndexOf(',')], query[(query.LastIndexOf(',') + 1)..^1].Trim());

        Assert.Empty(Vocabulary.Unknown($"sum by ({label}) ({metric})"));
    }

    [Theory]
    [InlineData("rate(istio_request_total[5m])", "nothing emits istio_request_total")]
    [InlineData("istio_requests_total{destination_subset=\"v1\"}", "istio_requests_total has no label destination_subset")]
    [InlineData("sum by (le) (istio_requests_total)", "nothing here has a label le")]
    [InlineData("version:istio_requests:rate5m{version=\"v1\"}", "version:istio_requests:rate5m has no label version")]
    public void Reports_what_no_one_emits(string expression, string problem) => Assert.Equal([problem], Vocabulary.Unknown(expression));
}

/// <summary>Metrics and their labels: the emitted ones, and those of the recording rules.</summary>
internal sealed class Vocabulary
{
    private readonly Dictionary<string, IReadOnlySet<string>> _labels = new(
        [.. KnownMetrics.All, .. StateMetricsFile.Metrics.Select(Entry)]);

    /// <summary>The emitted metrics, and the recordings of <paramref name="rules"/>, each of which may use those before it.</summary>
    public Vocabulary(IEnumerable<Rule> rules)
    {
        foreach (var rule in rules.Where(rule => rule.Record is not null))
        {
            var query = PromQl.Read(rule.Expression);
            _labels[rule.Record!] = query.Selectors.SelectMany(selector => LabelsOf(selector.Metric)).Concat(query.Made).ToHashSet();
        }
    }

    /// <summary>The names in <paramref name="expression"/> that nothing emits: one sentence each.</summary>
    public IEnumerable<string> Unknown(string expression)
    {
        var query = PromQl.Read(expression);
        var metrics = query.Selectors.Select(selector => selector.Metric).Where(metric => !_labels.ContainsKey(metric));
        var selected = from selector in query.Selectors
                       from label in selector.Labels.Except(LabelsOf(selector.Metric))
                       select $"{selector.Metric} has no label {label}";
        var grouped = query.Grouping.Except(query.Selectors.SelectMany(selector => LabelsOf(selector.Metric)).Concat(query.Made));
        return
        [
            .. metrics.Select(metric => $"nothing emits {metric}"),
            .. selected,
            .. grouped.Select(label => $"nothing here has a label {label}"),
        ];
    }

    private IEnumerable<string> LabelsOf(string metric) => _labels.GetValueOrDefault(metric) ?? (IEnumerable<string>)[];

    private static KeyValuePair<string, IReadOnlySet<string>> Entry(StateMetric metric) => new(metric.Name, metric.Labels.ToHashSet());
}
