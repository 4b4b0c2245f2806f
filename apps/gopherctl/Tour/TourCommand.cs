using System.CommandLine;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Rehearse;

namespace GopherMesh.Gopherctl.Tour;

/// <summary>`tour`: the article stage by stage, each a config change to the live system, and each judged.</summary>
internal sealed class TourCommand
{
    // More than this many changes are counted instead of listed: the first stage creates everything.
    private const int ShownChanges = 8;

    private readonly Terminal _terminal;
    private readonly Narrator _narrator;
    private readonly StackSelection _stack = new();
    private readonly Option<int?> _requests = RequestsOption.Create();
    private readonly Option<ulong?> _seed = SeedOption.Create();

    private TourCommand(Terminal terminal) => (_terminal, _narrator) = (terminal, new Narrator(terminal));

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var tour = new TourCommand(terminal);
        var command = new ExampleCommand(
            "tour",
            "Walks through a rollout on this machine: v1 only, dark launch, half, all, rollback, promotion.",
            "tour",
            "tour --stack local --requests 1000")
        {
            tour._requests, tour._seed,
        };
        tour._stack.AddTo(command);
        command.SetAction(tour.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        RefuseOwnKeys(parsed);
        var started = TimeProvider.System.GetTimestamp();
        await using var rehearsal = await MeshRehearsal.StartAsync(parsed.GetValue(_seed), cancellation);
        var settings = new Dictionary<string, string>();
        var good = 0;
        foreach (var (index, stage) in TourStage.All.Index())
        {
            foreach (var (key, value) in stage.Settings)
            {
                settings[key] = value;
            }

            _narrator.Line($"{(index == 0 ? "" : "\n")}{index + 1}. {stage.Title}", "bold");
            good += await RunAsync(rehearsal, stage, settings, parsed, cancellation) ? 1 : 0;
        }

        _narrator.Line(string.Create(
            CultureInfo.InvariantCulture, $"\n{good} of {TourStage.All.Count} stages as declared, in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0} s"));
        return good == TourStage.All.Count ? ExitCode.Success : ExitCode.NegativeVerdict;
    }

    private async Task<bool> RunAsync(
        MeshRehearsal rehearsal, TourStage stage, Dictionary<string, string> settings, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var command in stage.Commands)
        {
            _narrator.Line(command, "blue");
        }

        var declaration = await _stack.DeclareAsync(parsed, _terminal, settings.Select(setting => $"{setting.Key}={setting.Value}"));
        using (var progress = new ProgressLine(_terminal))
        {
            progress.Show("applying");
            var changes = (await rehearsal.DeclareAsync(declaration, cancellation)).OrThrow();
            progress.Erase();
            _narrator.Line(changes.Count > ShownChanges ? $"{changes.Count} objects created\n" : string.Concat(changes.Select(change => change + "\n")));
        }

        var result = await _narrator.VerifyAsync(rehearsal, parsed.GetValue(_requests) ?? rehearsal.DefaultRequests, cancellation);
        return result.IsGood;
    }

    private void RefuseOwnKeys(ParseResult parsed)
    {
        if (_stack.Settings(parsed).Select(setting => setting.Split('=')[0].Split(':')[^1]).FirstOrDefault(TourStage.Keys.Contains) is { } own)
        {
            throw new UserException($"the tour sets '{own}' itself, stage by stage", "--set", "Leave it out, or use ./gopherctl rehearse.");
        }
    }
}

/// <summary>A stage of the article: what is set, and what a caller sees.</summary>
/// <param name="Title">The stage in a few words.</param>
/// <param name="Settings">The keys that are set for it, in the order of the `pulumi config set` lines.</param>
internal sealed record TourStage(string Title, params (string Key, string Value)[] Settings)
{
    /// <summary>The article, from the first version alone to the second one alone.</summary>
    public static IReadOnlyList<TourStage> All { get; } =
    [
        new("v1 only", ("stableVersion", "v1"), ("canaryVersion", ""), ("canaryWeight", "0")),
        new("Dark launch: v1 answers, v2 gets a copy of every request", ("canaryVersion", "v2")),
        new("Half of the requests to v2", ("canaryWeight", "50")),
        new("Cutover: all requests to v2", ("canaryWeight", "100")),
        new("Rollback: v1 answers again, v2 gets copies", ("canaryWeight", "0")),
        new("Promotion: v2 is the stable version, v1 goes", ("stableVersion", "v2"), ("canaryVersion", "")),
    ];

    /// <summary>The keys that any stage sets.</summary>
    public static IReadOnlySet<string> Keys { get; } = All.SelectMany(stage => stage.Settings).Select(setting => setting.Key).ToHashSet();

    /// <summary>The lines that a person would type.</summary>
    public IEnumerable<string> Commands => Settings.Select(setting => $"$ pulumi config set {setting.Key} {(setting.Value.Length > 0 ? setting.Value : "''")}");
}
