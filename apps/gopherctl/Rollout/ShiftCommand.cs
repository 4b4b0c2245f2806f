using System.CommandLine;
using System.Globalization;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>`shift`: sets <c>canaryWeight</c> on a deployed stack, with the program as it was built.</summary>
internal static class ShiftCommand
{
    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var weight = new Argument<int>("weight") { Description = "Percent of requests that the canary is to answer, 0 to 100." }.Within(0, 100);
        var stack = StackOption.Create("The stack that is moved.");
        var wait = WaitOption.Create("With weight 0: seconds that a rollout of this machine, or an update that has the stack's lock, is waited for; the canary gets no request meanwhile.");
        var command = new ExampleCommand(
            "shift",
            "Sets canaryWeight and updates the stack: `pulumi up` with the program that is built already, and without a preview. To weight 0 the routes on the cluster go first.",
            "shift 10 --stack dev",
            "shift 0 --stack dev")
        {
            weight, stack, wait,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var percent = parsed.GetValue(weight);
            if (percent > 0 && parsed.GetResult(wait) is { Implicit: false })
            {
                throw new UserException("--wait has no effect with a weight above 0", "the command line", "Leave it out.");
            }

            try
            {
                terminal.Print(await ShiftAsync(parsed.GetRequiredValue(stack), percent, WaitOption.Of(parsed, wait), terminal, cancellation));
                return ExitCode.Success;
            }
            catch (UserException failed)
            {
                throw failed.WithoutVerdict();
            }
        });
        return command;
    }

    private static async Task<string> ShiftAsync(string stack, int percent, TimeSpan wait, Terminal terminal, CancellationToken cancellation)
    {
        await using var target = PulumiTarget.Of(stack, terminal.Note);
        var state = await target.ReadAsync(cancellation);
        if (state.Canary is null && percent > 0)
        {
            throw new UserException("there is no canary that could answer", "canaryVersion", "Deploy one first: pulumi config set canaryVersion v2 && pulumi up.");
        }

        var start = TimeProvider.System.GetTimestamp();
        var canary = state.Canary;
        if (percent == 0)
        {
            canary = await new WayBack(target, BuiltProgram.PulumiFor(stack), wait, terminal.Note).RunAsync(_ => UpdateMessage.Shift(0), cancellation);
        }
        else
        {
            target.Ownership.Take();
            await target.DeployAsync([new("canaryWeight", percent.ToString(CultureInfo.InvariantCulture))], UpdateMessage.Shift(percent), cancellation);
            if (target.Ownership.IsBackAsked)
            {
                await target.TakeBackAsync(UpdateMessage.Shift(0), cancellation);
                throw new UserException(RolloutOptions.AbortReason, target.Options, "Nothing is to be done: the canary gets no request.", ExitCode.NegativeVerdict);
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture, $"{canary}: {percent} % of the requests, after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s");
    }
}

/// <summary>`--wait`: how long a way back waits for the stack.</summary>
internal static class WaitOption
{
    /// <summary>How long that is, unless it says otherwise.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(300);

    private const int Most = 86_400;

    /// <summary>The option.</summary>
    /// <param name="description">What is waited for.</param>
    public static Option<int> Create(string description) =>
        new Option<int>("--wait") { Description = description, HelpName = "seconds", DefaultValueFactory = _ => (int)Usual.TotalSeconds }.Within(0, Most);

    /// <summary>What it says.</summary>
    public static TimeSpan Of(ParseResult parsed, Option<int> wait) => TimeSpan.FromSeconds(parsed.GetValue(wait));
}
