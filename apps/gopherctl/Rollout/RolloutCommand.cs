using System.CommandLine;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Infra.Settings;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>`rollout`: brings a version from the dark launch to promotion, step by step, and takes it back when it is worse.</summary>
internal sealed class RolloutCommand
{
    private const string NotifyVariable = "GOPHERCTL_NOTIFY_URL";
    private const double DefaultRate = 200;

    private readonly Terminal _terminal;
    private readonly Argument<string?> _version = new("version") { Description = "The version to roll out, one of the setting versions.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _stack = new("--stack", "-s") { Description = "The stack that is moved; with --rehearse, whose Pulumi.STACK.yaml is read.", HelpName = "name", DefaultValueFactory = _ => "dev" };
    private readonly Option<bool> _rehearse = new("--rehearse") { Description = "Rolls out on this machine, under load, instead of on the deployed stack." };
    private readonly Option<string?> _fault = new("--fault") { Description = "With --rehearse: makes the canary bad: errors=5%, slow=200ms, hang or crash.", HelpName = "fault" };
    private readonly Option<double> _rate = new("--rate") { Description = "With --rehearse: requests a second, 1 to 1000.", HelpName = "number", DefaultValueFactory = _ => DefaultRate };
    private readonly Option<bool> _status = new("--status") { Description = "Only says what the stack's configuration and history say of a rollout." };
    private readonly Option<bool> _abort = new("--abort") { Description = "Takes the canary back to weight 0 at once." };
    private readonly Option<int?> _approve = new("--approve") { Description = "Agrees to go beyond the gate at this weight, and those below it.", HelpName = "percent" };
    private readonly Option<string?> _steps = new("--steps") { Description = "Weights of the steps in percent, ascending, the last 100.", HelpName = "list" };
    private readonly Option<string?> _gates = new("--gates") { Description = "Weights in percent beyond which somebody has to agree; 0 is before the first request.", HelpName = "list" };
    private readonly Option<string?> _deadline = new("--deadline") { Description = "Minutes that a stage may wait for evidence.", HelpName = "minutes" };
    private readonly Option<string?> _without = new("--without-evidence") { Description = "What happens then: hold (the weight stays), goBack or goOn.", HelpName = "decision" };
    private readonly Option<string?> _bake = new("--bake") { Description = "Seconds that the canary answers every request before it is promoted.", HelpName = "seconds" };
    private readonly Option<string> _output = new("--output") { Description = "What is printed: text for people, or a line of JSON for each event.", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _notify = new("--notify") { Description = $"A URL to which each decision is posted, as JSON that Slack takes; a secret one goes into the environment as {NotifyVariable}.", HelpName = "url" };

    private readonly PageOptions _page = new();

    // Each stands for a setting of the stack, and is checked as that.
    private IEnumerable<(Option<string?> Option, string Setting)> Overrides =>
    [
        (_steps, "rolloutSteps"), (_gates, "rolloutGates"), (_deadline, "rolloutDeadlineMinutes"), (_without, "rolloutWithoutEvidence"), (_bake, "rolloutBakeSeconds"),
    ];

    private RolloutCommand(Terminal terminal)
    {
        _terminal = terminal;
        _output.AcceptOnlyFromAmong("text", "json");
    }

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var rollout = new RolloutCommand(terminal);
        var command = new ExampleCommand(
            "rollout",
            "Moves a version from the dark launch to promotion in steps, judges it at each against the stable version, and takes it back when it is worse. What the options leave open the stack's rollout settings say (docs/settings.md).",
            "rollout v2 --rehearse",
            "rollout v2 --rehearse --fault errors=5%",
            "rollout v2 --stack dev --gates 0,50",
            "rollout --stack dev --status",
            "rollout --stack dev --abort")
        {
            rollout._version, rollout._stack, rollout._rehearse, rollout._fault, rollout._rate, rollout._status, rollout._abort, rollout._approve,
            rollout._steps, rollout._gates, rollout._deadline, rollout._without, rollout._bake, rollout._output, rollout._notify,
        };
        rollout._page.AddTo(command);
        command.SetAction(rollout.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var stack = parsed.GetRequiredValue(_stack);
        Refuse(parsed);
        if (parsed.GetValue(_status))
        {
            return await StatusAsync(stack, cancellation);
        }

        if (parsed.GetValue(_abort))
        {
            return await AbortAsync(stack, cancellation);
        }

        var canary = parsed.GetValue(_version) ?? throw new UserException("which version is to be rolled out?", "the command line", "Write for example ./gopherctl rollout v2 --rehearse.");
        var settings = RolloutOptions.Settings(stack, Overrides.Select(over => (over.Setting, Value: parsed.GetValue(over.Option))).Where(over => over.Value is not null).Select(over => $"{over.Setting}={over.Value}"));
        if (!settings.Rollout.Versions.ContainsKey(canary))
        {
            throw new UserException($"there is no version {canary}", $"Pulumi.{stack}.yaml, versions", $"Use one of {string.Join(", ", settings.Rollout.Versions.Keys)}, or add it there.");
        }

        await using var target = await TargetAsync(parsed, stack, canary, cancellation);
        var state = await target.ReadAsync(cancellation);
        var plan = RolloutPlan.For(canary, state, settings.Progress.Steps, settings.Progress.Gates, settings.Rollout.MirrorPercent == 100);
        using var text = new TerminalView(_terminal);
        IRolloutView view = parsed.GetRequiredValue(_output) == "json" ? new JsonView(_terminal.Output.Profile.Out.Writer) : text;
        await using var notifying = NotifyUrl(parsed) is { } url ? new NotifyingView(url, canary, view, _terminal.Note) : null;
        var options = Options(parsed, settings);
        var shown = target is RehearsedTarget { Page: var seen } ? new RolloutPage(notifying ?? view, canary, plan, seen.Note) : null;
        await using var page = shown is null ? null : await PageAsync(parsed, (RehearsedTarget)target, shown, options, cancellation);
        var driver = new RolloutDriver(canary, target, plan, options, shown ?? notifying ?? view, TimeProvider.System);
        _terminal.Note($"verdicts rest on {target.CountsFrom}");
        if (settings.Rollout.StickyMinutes > 0)
        {
            _terminal.Note("canaryStickyMinutes keeps a caller with a version, and requests are counted, not callers: the stated error rates hold as far as a caller's requests do not all fail together (docs/settings.md)");
        }

        try
        {
            var end = await driver.RunAsync(cancellation);
            if (target is RehearsedTarget { Callers: var callers })
            {
                _terminal.Note(string.Create(CultureInfo.InvariantCulture, $"callers sent {callers.Sent:N0} requests, of which {callers.Failed:N0} failed"));
            }

            return (int)end;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && target is PulumiTarget)
        {
            text.Dispose();
            _terminal.Note($"interrupted: the weight stays. Go on: ./gopherctl rollout {canary} {target.Options}; back: ./gopherctl rollout {target.Options} --abort");
            throw;
        }
    }

    private async Task<PageServer> PageAsync(ParseResult parsed, RehearsedTarget target, RolloutPage shown, RolloutOptions options, CancellationToken cancellation)
    {
        target.Page.Rollout = () => shown.Shown;
        target.Page.Abort = options.Abort;
        return await _page.StartAsync(parsed, _terminal, target.Page, target.Figures, cancellation);
    }

    private void Refuse(ParseResult parsed)
    {
        var rehearse = parsed.GetValue(_rehearse);
        if (!rehearse && _page.IsGiven(parsed))
        {
            throw new UserException("--page-port and --open have no effect on a deployed stack", "the command line", "Add --rehearse, or leave them out.");
        }

        if (!rehearse && (parsed.GetValue(_fault) is not null || parsed.GetResult(_rate) is { Implicit: false }))
        {
            throw new UserException("--fault and --rate have no effect on a deployed stack", "the command line", "Add --rehearse, or leave them out.");
        }

        if (parsed.GetValue(_rate) is not (>= 1 and <= 1000))
        {
            throw new UserException("the rate is out of range", "--rate", "Use 1 to 1000 requests a second.");
        }

        if ((parsed.GetValue(_status) || parsed.GetValue(_abort)) && (rehearse || parsed.GetValue(_version) is not null))
        {
            throw new UserException("--status and --abort concern a deployed stack and take no version", "the command line", "Write for example ./gopherctl rollout --stack dev --abort.");
        }
    }

    private async Task<IRolloutTarget> TargetAsync(ParseResult parsed, string stack, string canary, CancellationToken cancellation)
    {
        if (!parsed.GetValue(_rehearse))
        {
            return PulumiTarget.Open(stack, _terminal.Note);
        }

        var fault = parsed.GetValue(_fault) is { } text ? VersionFault.Parse(text) : null;
        using var progress = new ProgressLine(_terminal);
        progress.Show($"starting what stack {stack} declares");
        return await RehearsedTarget.StartAsync(stack, [], canary, fault, parsed.GetValue(_rate), cancellation);
    }

    private async Task<int> StatusAsync(string stack, CancellationToken cancellation)
    {
        var output = _terminal.Output.Profile.Out.Writer;
        output.WriteLine(StackState.Of(EffectiveConfig.Read(RepositoryRoot.Find(), stack, [])));
        foreach (var update in (await BuiltProgram.PulumiFor(stack).HistoryAsync(10, cancellation)).Where(update => update.Message.StartsWith("rollout ", StringComparison.Ordinal)))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{update.Start:yyyy-MM-dd HH:mm:ss} update {update.Version} {update.Result}: {update.Message}"));
        }

        return ExitCode.Success;
    }

    private async Task<int> AbortAsync(string stack, CancellationToken cancellation)
    {
        await using var target = PulumiTarget.Open(stack, _terminal.Note);
        var state = await target.ReadAsync(cancellation);
        if (state.Canary is null)
        {
            throw new UserException("there is no canary to take back", $"stack {stack}", "Nothing is to be done: every request goes to the stable version.");
        }

        await target.TakeBackAsync($"rollout {state.Canary}: aborted", cancellation);
        _terminal.Output.Profile.Out.Writer.WriteLine($"{state.Canary} answers no request any more; it stays deployed and gets copies");
        return ExitCode.Success;
    }

    private RolloutOptions Options(ParseResult parsed, StackSettings settings) => RolloutOptions.Of(settings) with
    {
        Approved = parsed.GetValue(_approve),
        Ask = _terminal.Input is null && parsed.GetRequiredValue(_output) == "text"
            ? gate => _terminal.Output.Confirm(string.Create(CultureInfo.InvariantCulture, $"Give the canary more than {gate} % of the requests?"), defaultValue: false)
            : null,
    };

    private Uri? NotifyUrl(ParseResult parsed)
    {
        if ((parsed.GetValue(_notify) ?? Environment.GetEnvironmentVariable(NotifyVariable)) is not { Length: > 0 } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UserException("the address of the notifications is none", $"--notify or {NotifyVariable}", "Use an address with http:// or https://.");
    }
}
