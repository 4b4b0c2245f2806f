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
        var weight = new Argument<int>("weight") { Description = "Percent of requests that the canary is to answer, 0 to 100." };
        var stack = new Option<string>("--stack", "-s") { Description = "The stack that is moved.", HelpName = "name", DefaultValueFactory = _ => "dev" };
        var command = new ExampleCommand(
            "shift",
            "Sets canaryWeight and updates the stack: `pulumi up` with the program that is built already, and without a preview. To weight 0 the routes on the cluster go first.",
            "shift 10 --stack dev",
            "shift 0 --stack dev")
        {
            weight, stack,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var percent = parsed.GetValue(weight);
            if (percent is < 0 or > 100)
            {
                throw new UserException($"{percent} is not a weight", "weight", "Use a whole number from 0 to 100.");
            }

            await using var target = PulumiTarget.Open(parsed.GetRequiredValue(stack), terminal.Note);
            var state = await target.ReadAsync(cancellation);
            if (state.Canary is null && percent > 0)
            {
                throw new UserException("there is no canary that could answer", "canaryVersion", "Deploy one first: pulumi config set canaryVersion v2 && pulumi up.");
            }

            var start = TimeProvider.System.GetTimestamp();
            var message = string.Create(CultureInfo.InvariantCulture, $"shift to {percent} %");
            await (percent == 0 && state.Weight > 0
                ? target.TakeBackAsync(message, cancellation)
                : target.DeployAsync([new("canaryWeight", percent.ToString(CultureInfo.InvariantCulture))], message, cancellation));
            terminal.Output.Profile.Out.Writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{state.Canary ?? "no canary"}: {percent} % of the requests, after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s"));
            return ExitCode.Success;
        });
        return command;
    }
}
