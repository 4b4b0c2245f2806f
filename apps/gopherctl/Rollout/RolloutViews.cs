using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>Sees what happens in a rollout.</summary>
internal interface IRolloutView
{
    /// <summary>Shows an event; quick, since the rollout waits for it.</summary>
    void Show(RolloutEvent happened);
}

/// <summary>A rollout for people: the stages and decisions as lines, the evidence in one line that changes where there is a terminal.</summary>
internal sealed class TerminalView(Terminal terminal) : IRolloutView, IDisposable
{
    private readonly ProgressLine _progress = new(terminal);
    private JudgeLook? _last;

    /// <inheritdoc/>
    public void Show(RolloutEvent happened)
    {
        if (happened is Looked { Look: var look } looked)
        {
            _last = look;
            _progress.Show(Evidence(looked));
            return;
        }

        _progress.Erase();
        switch (happened)
        {
            case StageBegan { Changes.IsEmpty: true } began:
                Line($"{began.Stage.Title}: going on, as the stack's configuration says", "bold");
                break;
            case StageBegan began:
                Line(began.Stage.Title, "bold");
                foreach (var change in began.Changes)
                {
                    Line($"$ {change.Command}", "blue");
                }

                break;
            case PodsAwaited awaited:
                Line($"  {awaited.InWords}", "grey");
                break;
            case StageDeployed deployed:
                Line(string.Create(CultureInfo.InvariantCulture, $"  in force after {deployed.Took.TotalSeconds:0.0} s"), "grey");
                break;
            case Decided decided:
                Line($"  {decided.InWords}: {decided.Reason}", Colour(decided.Decision));
                if (_last?.Remarks is [var remark, ..] && decided.Decision == Decision.Hold)
                {
                    Line($"  {remark}", "grey");
                }

                break;
            case Ended ended:
                Line($"\n{ended.InWords}: {ended.Reason}", ended.End == RolloutEnd.Promoted ? "green" : "yellow");
                foreach (var next in ended.Next)
                {
                    Line($"  {next}", "blue");
                }

                break;
            case CommandEnded { Status: ExitCode.Success } done:
                terminal.Print(done.Reason);
                break;
            default:
                // What ends a command otherwise is reported as every error is.
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _progress.Dispose();

    private static string Colour(Decision decision) => decision switch { Decision.GoOn => "green", Decision.GoBack => "red", _ => "yellow" };

    /// <summary>What the evidence is, in one line.</summary>
    public static string Evidence(Looked looked) => string.Create(
        CultureInfo.InvariantCulture,
        $"  {looked.Stage.Title}: canary {Step(looked.Told, looked.Told.CanaryStep)}; stable {Step(looked.Told, looked.Told.StableStep)}; to go on {Percent(looked.Look.Cleared)}, to take back {Percent(looked.Look.Worse)}; {Math.Max(0, looked.Left.TotalSeconds):0} s left");

    private static string Step(JudgeLook look, VersionCounts step)
    {
        var latency = look.Latency(step, 0.5) is { } half ? $", p50 {half}, p99 {look.Latency(step, 0.99)}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{step.Failures:N0} of {step.Requests:N0} failed{latency}");
    }

    private static string Percent(double evidence) => string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(evidence, 0, 1) * 100:0} %");

    private void Line(string text, string style) => terminal.Output.MarkupLine($"[{style}]{Markup.Escape(text)}[/]");
}

/// <summary>A rollout for programs: a line of JSON for each event.</summary>
internal sealed class JsonView(TextWriter output) : IRolloutView
{
    /// <inheritdoc/>
    public void Show(RolloutEvent happened) => output.WriteLine(happened switch
    {
        StageBegan began => Text(new { Event = "stage", began.At, Stage = began.Stage.Title, Changes = began.Changes.ToDictionary(change => change.Key, change => change.Value) }),
        PodsAwaited awaited => Text(new { Event = "pods", awaited.At, Stage = awaited.Stage.Title, awaited.Pods.Ready, awaited.Pods.Needed, SecondsLeft = Math.Round(awaited.Left.TotalSeconds) }),
        StageDeployed deployed => Text(new { Event = "deployed", deployed.At, Stage = deployed.Stage.Title, Seconds = Math.Round(deployed.Took.TotalSeconds, 3) }),
        Looked looked => Text(new { Event = "look", looked.At, Stage = looked.Stage.Title, SecondsLeft = Math.Round(looked.Left.TotalSeconds), Judgement = JsonSerializer.Deserialize<JsonElement>(VerdictJson.Of(looked.Reading, looked.Told)) }),
        Decided decided => Text(new { Event = "decision", decided.At, Stage = decided.Stage.Title, Decision = JsonNamingPolicy.CamelCase.ConvertName(decided.Decision.ToString()), decided.Reason }),
        Ended ended => Text(new { Event = "end", ended.At, End = JsonNamingPolicy.CamelCase.ConvertName(ended.End.ToString()), ended.Reason, ended.Next, ExitStatus = (int)ended.End }),
        CommandEnded ended => Text(new { Event = "end", ended.At, ended.End, ended.Reason, Next = Array.Empty<string>(), ended.ToDo, ExitStatus = ended.Status }),
        _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "not an event of a rollout"),
    });

    /// <summary>Writes what <c>--status</c> says: the configuration, what the last update deployed, and the newest updates that rollouts made, newest first.</summary>
    public void Show(StackState state, (StackUpdate Update, StackState State)? last, IEnumerable<StackUpdate> updates, DateTimeOffset at) => output.WriteLine(Text(new
    {
        Event = "status",
        at,
        StableVersion = state.Stable,
        CanaryVersion = state.Canary,
        CanaryWeight = state.Weight,
        LastUpdate = last is { } known
            ? new { known.Update.Version, known.Update.Result, StableVersion = known.State.Stable, CanaryVersion = known.State.Canary, CanaryWeight = known.State.Weight, IsAsConfigured = known.State == state }
            : null,
        Updates = updates.Select(update => new { update.Version, update.Start, update.Result, update.Message }),
    }));

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, OutputJson.Line);
}

/// <summary>Posts decisions and the end of a rollout to a URL, as JSON that Slack takes: <c>{"text": "..."}</c>.</summary>
/// <param name="url">Where they go.</param>
/// <param name="what">What is rolled out, or taken back: the beginning of each text.</param>
/// <param name="inner">Sees everything.</param>
/// <param name="note">Told when a post fails: the rollout goes on without it.</param>
internal sealed class NotifyingView(Uri url, string what, IRolloutView inner, Action<string> note) : IRolloutView, IAsyncDisposable
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Task _posts = Task.CompletedTask;

    /// <inheritdoc/>
    public void Show(RolloutEvent happened)
    {
        inner.Show(happened);
        var text = happened switch
        {
            Decided decided => $"{what}, {decided.Stage.Title}: {JsonNamingPolicy.CamelCase.ConvertName(decided.Decision.ToString())}: {decided.Reason}",
            Ended ended => $"{what} ended, {JsonNamingPolicy.CamelCase.ConvertName(ended.End.ToString())}: {ended.Reason}",
            CommandEnded ended => $"{what} ended, {ended.End}: {ended.Reason}",
            _ => null,
        };
        if (text is not null)
        {
            // One after the other, so that they arrive in order.
            _posts = PostAsync(_posts, text);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _posts;
        _client.Dispose();
    }

    private async Task PostAsync(Task earlier, string text)
    {
        await earlier;
        try
        {
            using var answer = await _client.PostAsJsonAsync(url, new { text });
            if (!answer.IsSuccessStatusCode)
            {
                // The address may be a secret.
                note($"a notification was refused with status {(int)answer.StatusCode}");
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
        {
            note("a notification could not be delivered");
        }
    }
}
