using System.Text.RegularExpressions;
using YamlDotNet.Serialization;

namespace GopherMesh.Tests.Observability;

/// <summary>The rules, by Prometheus' own checks and tests.</summary>
public partial class RuleTests
{
    // It always fires, so no test can show it silent.
    private const string AlwaysFires = "Watchdog";

    public static TheoryData<string> Alerts => [.. RuleFiles.All.Select(rule => rule.Alert).OfType<string>()];

    public static TheoryData<string> Conditional => [.. RuleFiles.All.Select(rule => rule.Alert).OfType<string>().Except([AlwaysFires])];

    // Debian builds Prometheus without the discovery of Kubernetes, and the files that every pod has mounted are not here; the rest is checked.
    [PromtoolTheory]
    [InlineData("alertmanagers: []")]
    [InlineData("""alertmanagers: [{scheme: https, path_prefix: "/team", static_configs: [{targets: ["alerts.example.com:443"]}]}]""")]
    public async Task Prometheus_accepts_its_configuration_and_finds_the_rules_by_it(string alertmanagers)
    {
        const string Mounted = "/var/run/secrets/kubernetes.io/serviceaccount/";
        var config = (await File.ReadAllTextAsync(Path.Combine(RuleFiles.Folder, "prometheus.yml")))
            .Replace("alertmanagers: []", alertmanagers, StringComparison.Ordinal);
        var checkable = Path.Combine(RuleFiles.Folder, $"{Guid.NewGuid():N}.tmp");
        var (known, discoveries) = (Discovery().Replace(config, "static_configs: []"), Discovery().Count(config));
        await File.WriteAllTextAsync(checkable, known.Replace($"{Mounted}token", checkable, StringComparison.Ordinal));

        var (exitCode, output) = await PrometheusTool.RunAsync("check", "config", checkable);

        File.Delete(checkable);
        Assert.Contains(alertmanagers, config, StringComparison.Ordinal);
        Assert.Equal(2, discoveries);
        Assert.True(exitCode == 0, output);
        Assert.Contains($"{RuleFiles.Rules.Count} rule files found", output, StringComparison.Ordinal);
    }

    [PromtoolFact]
    public async Task Prometheus_accepts_the_rules() => await PassesAsync("check", "rules", RuleFiles.Rules);

    [PromtoolFact]
    public async Task Their_own_tests_pass() => await PassesAsync("test", "rules", RuleFiles.Tests);

    [Theory]
    [MemberData(nameof(Conditional))]
    public void An_alert_is_tested_to_fire_and_to_stay_silent(string alert) =>
        Assert.Equal([false, true], RuleFiles.Tested[alert].Distinct().Order());

    [Fact]
    public void The_watchdog_is_tested_to_fire_always() => Assert.Equal([true], RuleFiles.Tested[AlwaysFires].Distinct());

    [Theory]
    [MemberData(nameof(Alerts))]
    public void An_alert_says_what_is_wrong_what_it_means_and_where_its_runbook_is(string alert) =>
        Assert.Equal(["description", "runbook", "summary"], RuleFiles.Alert(alert).Annotations.Keys.Order());

    [Theory]
    [MemberData(nameof(Alerts))]
    public void The_runbook_of_an_alert_is_a_heading_of_its_page(string alert)
    {
        var parts = RuleFiles.Alert(alert).Annotations["runbook"].Split('#');

        Assert.Equal([Docs.Observability, alert.ToLowerInvariant()], parts);
        Assert.Contains(parts[1], Docs.Anchors(parts[0]));
    }

    [Theory]
    [MemberData(nameof(Alerts))]
    public void The_page_gives_the_time_within_which_an_alert_fires(string alert) => Assert.Contains(
        Docs.TableRows(Docs.Observability), row => row.Contains($"[{alert}](#{alert.ToLowerInvariant()})", StringComparison.Ordinal));

    // An alert whose expression is sometimes true and sometimes not would notify again and again.
    [Theory]
    [MemberData(nameof(Conditional))]
    public void An_alert_keeps_firing_through_a_short_gap(string alert) => Assert.NotNull(RuleFiles.Alert(alert).KeepFiringFor);

    private static async Task PassesAsync(string command, string what, IReadOnlyList<string> files)
    {
        var (exitCode, output) = await PrometheusTool.RunAsync([command, what, .. files]);

        Assert.True(exitCode == 0, output);
        Assert.Equal(files.Count, output.Split("SUCCESS").Length - 1);
    }

    [GeneratedRegex(@"kubernetes_sd_configs: \[\{role: (pod|node)(, namespaces: [^]]*\]\}\}?)?\}?\]")]
    private static partial Regex Discovery();
}

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
