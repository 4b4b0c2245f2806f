using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Observability;

/// <summary>A recording or alerting rule.</summary>
internal sealed record Rule(
    string? Record, string? Alert, string Expression, string? KeepFiringFor, IReadOnlyDictionary<string, string> Annotations);

/// <summary>The rules of the repository, as Prometheus reads them.</summary>
internal static class RuleFiles
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder().Build();

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "observability", "prometheus");

    public static IReadOnlyList<string> Rules { get; } = [Path.Combine(Folder, "alerts.yaml"), Path.Combine(Folder, "recording.yaml")];

    public static IReadOnlyList<string> Tests { get; } = In(Path.Combine(Folder, "tests"));

    /// <summary>Every rule, the recordings first: alerts use them.</summary>
    public static IReadOnlyList<Rule> All { get; } = [.. Rules.SelectMany(Read).OrderBy(rule => rule.Record is null)];

    /// <summary>The alerts whose tests expect them to fire (true) or to stay silent (false), from the files of promtool's tests.</summary>
    public static ILookup<string, bool> Tested { get; } =
        (from file in Tests
         from test in List(Load(file)["tests"])
         from alert in List(((Dictionary<object, object>)test).GetValueOrDefault("alert_rule_test"))
         let expected = (Dictionary<object, object>)alert
         select (Name: (string)expected["alertname"], Fires: List(expected["exp_alerts"]).Any()))
        .ToLookup(test => test.Name, test => test.Fires);

    /// <summary>The alert of this name.</summary>
    public static Rule Alert(string name) => All.Single(rule => rule.Alert == name);

    private static IReadOnlyList<string> In(string folder) => [.. Directory.GetFiles(folder, "*.yaml").Order(StringComparer.Ordinal)];

    private static IEnumerable<Rule> Read(string file) =>
        from @group in List(Load(file)["groups"])
        from entry in List(((Dictionary<object, object>)@group)["rules"])
        let rule = (Dictionary<object, object>)entry
        select new Rule(
            (string?)rule.GetValueOrDefault("record"),
            (string?)rule.GetValueOrDefault("alert"),
            (string)rule["expr"],
            (string?)rule.GetValueOrDefault("keep_firing_for"),
            ((Dictionary<object, object>?)rule.GetValueOrDefault("annotations") ?? [])
                .ToDictionary(note => (string)note.Key, note => (string)note.Value));

    private static Dictionary<object, object> Load(string file) => Yaml.Deserialize<Dictionary<object, object>>(File.ReadAllText(file));

    private static IEnumerable<object> List(object? node) => (List<object>?)node ?? [];
}
