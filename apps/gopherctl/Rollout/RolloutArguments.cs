using System.CommandLine;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Infra.Settings;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The command line of `rollout`: what it takes, and what of it goes together.</summary>
internal sealed class RolloutArguments
{
    private const string NotifyVariable = "GOPHERCTL_NOTIFY_URL";
    private const double DefaultRate = 200;

    private readonly Argument<string?> _version = new("version") { Description = "The version to roll out, one of the setting versions.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string> _stack = StackOption.Create("The stack that is moved; with --rehearse, whose Pulumi.STACK.yaml is read.");
    private readonly Option<bool> _rehearse = new("--rehearse") { Description = "Rolls out on this machine, under load, instead of on the deployed stack." };
    private readonly Option<string?> _fault = new("--fault") { Description = "With --rehearse: makes the canary bad: errors=5%, slow=200ms, hang or crash.", HelpName = "fault" };
    private readonly Option<double> _rate = new Option<double>("--rate") { Description = "With --rehearse: requests a second, 1 to 1000.", HelpName = "number", DefaultValueFactory = _ => DefaultRate }.Within(1, 1000);
    private readonly Option<bool> _status = new("--status") { Description = "Only says what the stack's configuration and history say of a rollout." };
    private readonly Option<bool> _abort = new("--abort") { Description = "Takes the canary back to weight 0 at once." };
    private readonly Option<int?> _approve = new Option<int?>("--approve") { Description = "Agrees to go beyond the gate at this weight, and those below it.", HelpName = "percent" }.Within(0, 100);
    private readonly Option<string?> _steps = StandingFor(ProgressSettings.StepsKey, new("--steps") { Description = "Weights of the steps in percent, ascending, the last 100.", HelpName = "list" });
    private readonly Option<string?> _gates = StandingFor(ProgressSettings.GatesKey, new("--gates") { Description = "Weights in percent beyond which somebody has to agree; 0 is before the first request.", HelpName = "list" });
    private readonly Option<string?> _deadline = StandingFor(ProgressSettings.DeadlineKey, new("--deadline") { Description = "Minutes that a stage may wait for evidence.", HelpName = "minutes" });
    private readonly Option<string?> _without = StandingFor(ProgressSettings.WithoutEvidenceKey, new("--without-evidence") { Description = "What happens then: hold (the weight stays), goBack or goOn.", HelpName = "decision" });
    private readonly Option<string?> _bake = StandingFor(ProgressSettings.BakeKey, new("--bake") { Description = "Seconds that the canary answers every request before it is promoted.", HelpName = "seconds" });
    private readonly Option<string> _output = new("--output") { Description = "What is printed: text for people, or a line of JSON for each event.", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _notify = new("--notify") { Description = $"A URL to which each decision is posted, as JSON that Slack takes; a secret one goes into the environment as {NotifyVariable}.", HelpName = "url" };
    private readonly Option<int> _wait = WaitOption.Create("With --abort: seconds that a rollout of this machine, or an update that has the stack's lock, is waited for; the canary gets no request meanwhile.");

    /// <summary>It takes what it describes.</summary>
    public RolloutArguments() => _output.AcceptOnlyFromAmong("text", "json");

    /// <summary>The page of the rollout.</summary>
    public PageOptions Page { get; } = new();

    // Each stands for a setting of the stack.
    private IEnumerable<(Option<string?> Option, SettingKey Setting)> Overrides =>
    [
        (_steps, ProgressSettings.StepsKey), (_gates, ProgressSettings.GatesKey), (_deadline, ProgressSettings.DeadlineKey),
        (_without, ProgressSettings.WithoutEvidenceKey), (_bake, ProgressSettings.BakeKey),
    ];

    /// <summary>Gives the command its argument and its options.</summary>
    public void AddTo(Command command)
    {
        command.Add(_version);
        Option[] options = [_stack, _rehearse, _fault, _rate, _status, _abort, _approve, _steps, _gates, _deadline, _without, _bake, _wait, _output, _notify];
        Array.ForEach(options, command.Add);
        Page.AddTo(command);
    }

    /// <summary>The stack.</summary>
    public string Stack(ParseResult parsed) => parsed.GetRequiredValue(_stack);

    /// <summary>Whether the stack is only asked about.</summary>
    public bool IsStatus(ParseResult parsed) => parsed.GetValue(_status);

    /// <summary>Whether the canary goes back at once.</summary>
    public bool IsAbort(ParseResult parsed) => parsed.GetValue(_abort);

    /// <summary>How long the stack is waited for on the way back.</summary>
    public TimeSpan Wait(ParseResult parsed) => WaitOption.Of(parsed, _wait);

    /// <summary>Whether the rollout happens on this machine.</summary>
    public bool IsRehearsal(ParseResult parsed) => parsed.GetValue(_rehearse);

    /// <summary>Requests a second of a rehearsal.</summary>
    public double Rate(ParseResult parsed) => parsed.GetValue(_rate);

    /// <summary>What is wrong with the canary of a rehearsal; null: nothing.</summary>
    public VersionFault? Fault(ParseResult parsed) => parsed.GetValue(_fault) is { } text ? VersionFault.Parse(text) : null;

    /// <summary>Whether events are written as JSON.</summary>
    public bool IsJson(ParseResult parsed) => parsed.GetRequiredValue(_output) == "json";

    /// <summary>The version to roll out, and the settings that it follows.</summary>
    /// <exception cref="UserException">There is no such version, or a setting is wrong.</exception>
    public (string Canary, StackSettings Settings) Versions(ParseResult parsed)
    {
        var stack = Stack(parsed);
        var canary = parsed.GetValue(_version) ?? throw new UserException("which version is to be rolled out?", "the command line", "Write for example ./gopherctl rollout v2 --rehearse.");
        var settings = RolloutOptions.Settings(stack, Overrides.Select(over => (over.Setting, Value: parsed.GetValue(over.Option))).Where(over => over.Value is not null).Select(over => $"{over.Setting.Name}={over.Value}"));
        return settings.Rollout.Versions.ContainsKey(canary)
            ? (canary, settings)
            : throw new UserException($"there is no version {canary}", $"Pulumi.{stack}.yaml, versions", $"Use one of {string.Join(", ", settings.Rollout.Versions.Keys)}, or add it there.");
    }

    /// <summary>What the rollout may choose.</summary>
    /// <exception cref="UserException">What is agreed to is no gate.</exception>
    public RolloutOptions Options(ParseResult parsed, StackSettings settings, Terminal terminal)
    {
        var gates = settings.Progress.Gates;
        return parsed.GetValue(_approve) is not { } approved || gates.Any(gate => gate <= approved)
            ? RolloutOptions.Of(settings) with
            {
                Approved = parsed.GetValue(_approve),
                Ask = terminal.Input is null && !IsJson(parsed)
                    ? gate => terminal.Output.Confirm(string.Create(CultureInfo.InvariantCulture, $"Give the canary more than {gate} % of the requests?"), defaultValue: false)
                    : null,
            }
            : throw new UserException(
                string.Create(CultureInfo.InvariantCulture, $"--approve {approved} has no effect: {(gates.IsEmpty ? "the rollout has no gate" : $"the gates are {string.Join(", ", gates)}")}"),
                "--approve", "Agree to one of the gates (--gates, or the setting rolloutGates), or leave it out.");
    }

    /// <summary>What decisions are about, as they are posted.</summary>
    public string Subject(ParseResult parsed) => IsAbort(parsed) ? $"abort of stack {Stack(parsed)}" : $"rollout {parsed.GetValue(_version)}";

    /// <summary>Where decisions are posted; null: nowhere.</summary>
    /// <exception cref="UserException">It is not an address.</exception>
    public Uri? NotifyUrl(ParseResult parsed)
    {
        var given = parsed.GetValue(_notify);
        if ((given ?? Environment.GetEnvironmentVariable(NotifyVariable)) is not { Length: > 0 } text)
        {
            return null;
        }

        // Without the value: whoever knows the address may post there.
        var name = given is null ? NotifyVariable : _notify.Name;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw new UserException($"the value of {name} is not an address with http:// or https://", name, "Correct it; it is for example https://hooks.example.com/services/NAME.");
    }

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="UserException">Something does not.</exception>
    public void Refuse(ParseResult parsed)
    {
        var rehearse = parsed.GetValue(_rehearse);
        NoEffect.Refuse(parsed, _status, _stack, _output);
        NoEffect.Refuse(parsed, _abort, _stack, _output, _notify, _wait);
        if (!parsed.GetValue(_abort) && parsed.GetResult(_wait) is { Implicit: false })
        {
            throw new UserException("--wait has no effect without --abort", "the command line", "Add --abort, or leave it out.");
        }

        if (!rehearse && (parsed.GetValue(_fault) is not null || parsed.GetResult(_rate) is { Implicit: false }))
        {
            throw new UserException("--fault and --rate have no effect on a deployed stack", "the command line", "Add --rehearse, or leave them out.");
        }
    }

    // It is checked as the setting is, but the error is about the option.
    private static Option<string?> StandingFor<T>(SettingKey<T> setting, Option<string?> option)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && setting.Parse(token.Value) is { Problems: [var problem, ..] })
            {
                result.AddError($"{option.Name}: found {token.Value}; {problem.Remedy}");
            }
        });
        return option;
    }
}
