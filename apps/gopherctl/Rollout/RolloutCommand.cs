using System.CommandLine;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>`rollout`: brings a version from the dark launch to promotion, step by step, and takes it back when it is worse.</summary>
internal sealed class RolloutCommand
{
    private readonly Terminal _terminal;
    private readonly RolloutArguments _arguments = new();

    private RolloutCommand(Terminal terminal) => _terminal = terminal;

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
            "rollout --stack dev --abort");
        rollout._arguments.AddTo(command);
        command.SetAction(rollout.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var stack = _arguments.Stack(parsed);
        _arguments.Refuse(parsed);
        if (_arguments.IsStatus(parsed))
        {
            return await StatusAsync(stack, cancellation);
        }

        if (_arguments.IsAbort(parsed))
        {
            return await AbortAsync(stack, cancellation);
        }

        var (canary, settings) = _arguments.Versions(parsed);
        await using var target = await TargetAsync(parsed, stack, canary, cancellation);
        var state = await target.ReadAsync(cancellation);
        var plan = RolloutPlan.For(canary, state, settings.Progress.Steps, settings.Progress.Gates, settings.Rollout.MirrorPercent == 100);
        using var text = new TerminalView(_terminal);
        IRolloutView view = _arguments.IsJson(parsed) ? new JsonView(_terminal.Output.Profile.Out.Writer) : text;
        await using var notifying = _arguments.NotifyUrl(parsed) is { } url ? new NotifyingView(url, canary, view, _terminal.Note) : null;
        var options = _arguments.Options(parsed, settings, _terminal) with { Note = _terminal.Note };
        var outer = notifying ?? view;
        IRolloutSystem system = target is RehearsedTarget { Page: var rehearsed } ? rehearsed : new ClusterPage(outer, stack, state.Stable, canary, settings.Rollout.MirrorPercent, target.CountsFrom);
        var shown = new RolloutPage(system as IRolloutView ?? outer, canary, plan, system.Note);
        (system.Rollout, system.Abort) = (() => shown.Shown, options.Abort);
        await using var page = await _arguments.Page.StartAsync(parsed, _terminal, system, system.Figures, cancellation);
        var driver = new RolloutDriver(canary, target, plan, options, shown, TimeProvider.System);
        _terminal.Note($"verdicts rest on {target.CountsFrom}");
        if (settings.Rollout.StickyMinutes > 0)
        {
            _terminal.Note("canaryStickyMinutes keeps a caller with a version, and requests are counted, not callers: the stated error rates hold only if each request fails independently of the others; a caller whose requests fail together may take back a healthy canary (docs/judge.md)");
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

    private async Task<IRolloutTarget> TargetAsync(ParseResult parsed, string stack, string canary, CancellationToken cancellation)
    {
        if (!_arguments.IsRehearsal(parsed))
        {
            return PulumiTarget.Open(stack, _terminal.Note);
        }

        var fault = _arguments.Fault(parsed);
        using var progress = new ProgressLine(_terminal);
        progress.Show($"starting what stack {stack} declares");
        return await RehearsedTarget.StartAsync(stack, [], canary, fault, _arguments.Rate(parsed), Note, cancellation);

        void Note(string text)
        {
            progress.Dispose();
            _terminal.Note(text);
        }
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
}
