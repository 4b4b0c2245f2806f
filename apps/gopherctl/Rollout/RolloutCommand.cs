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
        _arguments.Refuse(parsed);
        var json = _arguments.IsJson(parsed) ? new JsonView(_terminal.Output.Profile.Out.Writer) : null;
        if (_arguments.IsStatus(parsed))
        {
            try
            {
                return await StatusAsync(_arguments.Stack(parsed), json, cancellation);
            }
            catch (UserException failed)
            {
                throw failed.WithoutVerdict();
            }
        }

        using var text = new TerminalView(_terminal);
        var inner = new SteadyView(json is null ? text : json, _terminal.Note);
        await using var notifying = _arguments.NotifyUrl(parsed) is { } url ? new NotifyingView(url, _arguments.Subject(parsed), inner, _terminal.Note) : null;
        IRolloutView view = notifying is null ? inner : notifying;
        try
        {
            return _arguments.IsAbort(parsed) ? await AbortAsync(parsed, view, cancellation) : await RolloutAsync(parsed, view, text.Dispose, cancellation);
        }
        catch (UserException failed)
        {
            // Status 1 says "taken back".
            var told = failed.WithoutVerdict();
            view.Show(CommandEnded.By(told, TimeProvider.System.GetUtcNow()));
            throw told;
        }
    }

    private async Task<int> RolloutAsync(ParseResult parsed, IRolloutView view, Action eraseProgress, CancellationToken cancellation)
    {
        var stack = _arguments.Stack(parsed);
        var (canary, settings) = _arguments.Versions(parsed);
        var agreed = _arguments.Options(parsed, settings, _terminal);
        if (_arguments.IsRehearsal(parsed) && settings.Rollout.Stable == canary)
        {
            throw RolloutBeginning.StableAlready(canary);
        }

        await using var target = await TargetAsync(parsed, stack, canary, cancellation);
        var state = await target.ReadAsync(cancellation);
        var plan = RolloutPlan.For(canary, state, settings.Progress.Steps, settings.Progress.Gates, settings.Rollout.MirrorPercent == 100);
        var options = agreed with
        {
            Note = _terminal.Note,
            AbortAsked = target is PulumiTarget { Ownership: var ownership } ? () => ownership.IsBackAsked : null,
        };
        IRolloutSystem system = target is RehearsedTarget { Page: var rehearsed } ? rehearsed : new ClusterPage(view, stack, state.Stable, canary, settings.Rollout.MirrorPercent, target.CountsFrom);
        var shown = new RolloutPage(system as IRolloutView ?? view, canary, plan, system.Note);
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
        catch (UserException failed) when (failed.Code == ExitCode.BadInput && target is PulumiTarget { HasBegun: true })
        {
            // Such as a stack's file that somebody is writing: "bad input" says that nothing was started.
            throw new UserException(failed.Message, failed.Where, failed.Remedy, ExitCode.CouldNot);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested && target is PulumiTarget)
        {
            eraseProgress();
            _terminal.Note($"interrupted: the weight stays. Go on: ./gopherctl rollout {canary} {target.Options}; back: ./gopherctl rollout {target.Options} --abort");
            throw;
        }
    }

    private async Task<IRolloutTarget> TargetAsync(ParseResult parsed, string stack, string canary, CancellationToken cancellation)
    {
        if (!_arguments.IsRehearsal(parsed))
        {
            Kubectl.Require();
            var deployed = PulumiTarget.Of(stack, _terminal.Note);
            deployed.Ownership.Take();
            return deployed;
        }

        var fault = _arguments.Fault(parsed);
        using var progress = new ProgressLine(_terminal);
        progress.Show($"starting what stack {stack} declares");
        return await RehearsedTarget.StartAsync(stack, [], canary, fault, _arguments.Rate(parsed), Note, cancellation);

        void Note(string text)
        {
            progress.Erase();
            _terminal.Note(text);
        }
    }

    private async Task<int> StatusAsync(string stack, JsonView? json, CancellationToken cancellation)
    {
        var config = EffectiveConfig.Read(RepositoryRoot.Find(), stack, []);
        var state = StackState.Of(config);
        var newest = await BuiltProgram.PulumiFor(stack).HistoryAsync(10, cancellation);
        var updates = newest.Where(update => UpdateMessage.IsOfRollout(update.Message)).ToList();
        (StackUpdate Update, StackState State)? last = newest is [{ } latest, ..] && latest.StateIn(config) is { } left ? (latest, left) : null;
        if (json is not null)
        {
            json.Show(state, last, updates, TimeProvider.System.GetUtcNow());
            return ExitCode.Success;
        }

        _terminal.Print(state.ToString());
        if (last is { } known && known.State != state)
        {
            // Another clone rolls out, or somebody has edited the file since.
            _terminal.Print(string.Create(CultureInfo.InvariantCulture, $"update {known.Update.Version} {known.Update.Result} with {known.State}: this clone's Pulumi.{stack}.yaml says something else"));
        }

        foreach (var update in updates)
        {
            _terminal.Print(string.Create(CultureInfo.InvariantCulture, $"{update.Start:yyyy-MM-dd HH:mm:ss} update {update.Version} {update.Result}: {update.Message}"));
        }

        return ExitCode.Success;
    }

    private async Task<int> AbortAsync(ParseResult parsed, IRolloutView view, CancellationToken cancellation)
    {
        var stack = _arguments.Stack(parsed);
        await using var target = PulumiTarget.Of(stack, _terminal.Note);
        var canary = await new WayBack(target, BuiltProgram.PulumiFor(stack), _arguments.Wait(parsed), _terminal.Note).RunAsync(UpdateMessage.Aborted, cancellation);
        view.Show(new CommandEnded(TimeProvider.System.GetUtcNow(), "aborted", $"{canary} answers no request any more; it stays deployed and gets copies", "", ExitCode.Success));
        return ExitCode.Success;
    }
}
