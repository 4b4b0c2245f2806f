namespace GopherMesh.Tests.Observability;

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

    /// <summary>The names in <paramref name="expression"/> that no one emits: one sentence each.</summary>
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
            .. metrics.Select(metric => $"no one emits {metric}"),
            .. selected,
            .. grouped.Select(label => $"nothing here has a label {label}"),
        ];
    }

    private IEnumerable<string> LabelsOf(string metric) => _labels.GetValueOrDefault(metric) ?? (IEnumerable<string>)[];

    private static KeyValuePair<string, IReadOnlySet<string>> Entry(StateMetric metric) => new(metric.Name, metric.Labels.ToHashSet());
}
