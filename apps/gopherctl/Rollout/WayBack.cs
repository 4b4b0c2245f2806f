using System.Globalization;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The way back that a person asks for (<c>rollout --abort</c>, <c>shift 0</c>), also while a rollout of the stack runs on this machine or an update
/// has its lock: the canary loses its requests at once, and as often as a running update gives them back; the rollout is told, and the update of
/// the stack follows when the stack is free.
/// </summary>
/// <param name="target">The stack.</param>
/// <param name="pulumi">Has its history.</param>
/// <param name="longest">How long the stack is waited for.</param>
/// <param name="note">Told what is waited for.</param>
internal sealed class WayBack(PulumiTarget target, PulumiCli pulumi, TimeSpan longest, Action<string> note)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // An update that is refused costs a second of the machine.
    private const int LooksBetweenUpdates = 8;

    private readonly long _start = TimeProvider.System.GetTimestamp();

    private TimeSpan Waited => TimeProvider.System.GetElapsedTime(_start);

    /// <summary>Takes the canary back, and returns when the stack says so.</summary>
    /// <param name="message">What the stack's history keeps of it, for a canary.</param>
    /// <param name="cancellation">Ends the waiting; a rollout that has been told goes back all the same.</param>
    /// <returns>The canary.</returns>
    /// <exception cref="UserException">There is no canary any more, the stack was not free in time, or the update failed.</exception>
    public async Task<string> RunAsync(Func<string, string> message, CancellationToken cancellation)
    {
        var wasFree = target.Ownership.TryTake();
        var isPromoted = !wasFree && await WaitForRolloutAsync(cancellation);
        var configured = (await target.ReadAsync(cancellation)).Canary;
        var found = await target.FindCanaryAsync(cancellation);
        if (found.InForce.Canary is not { } canary)
        {
            throw isPromoted || found.InForce.Stable == configured
                ? Promoted(found.InForce.Stable, target.Options)
                : new UserException("there is no canary to take back", target.Options, "Nothing is to be done: every request goes to the stable version.");
        }

        // A rollout that was told has done it; one that ended otherwise has not.
        if (wasFree || found.InForce.Weight > 0 || await pulumi.HistoryAsync(1, cancellation) is not [{ Result: "succeeded", IsWayBack: true }, ..])
        {
            await target.TakeBackAsync(found, message(canary), longest - Waited, cancellation);
        }

        return canary;
    }

    /// <summary>
    /// Runs the update that takes a canary back, and again while another one has the stack's lock: of another machine, or of a rollout that was
    /// killed. The canary loses its requests as often as that one gives them back.
    /// </summary>
    /// <param name="update">The update.</param>
    /// <param name="cut">Takes the requests away.</param>
    /// <param name="longest">How long the lock is waited for.</param>
    /// <param name="note">Told once of the lock, and how long it is waited for.</param>
    /// <exception cref="UserException">The stack was not free in time, or the update failed.</exception>
    public static async Task WhenFreeAsync(Func<Task> update, Func<Task> cut, TimeSpan longest, Action<string> note)
    {
        var start = TimeProvider.System.GetTimestamp();
        for (var isTold = false; ; isTold = true)
        {
            try
            {
                await update();
                return;
            }
            catch (UserException locked) when (locked.Code == ExitCode.Busy && TimeProvider.System.GetElapsedTime(start) < longest)
            {
                if (!isTold)
                {
                    note(string.Create(CultureInfo.InvariantCulture, $"{locked.Message}; the update that takes the canary back follows when that has ended, {longest.TotalSeconds:0} s from now at the latest"));
                }
            }

            for (var look = 0; look < LooksBetweenUpdates; look++)
            {
                await Task.Delay(Interval);
                await cut();
            }
        }
    }

    /// <summary>That it is too late for a way back.</summary>
    /// <param name="version">The version that was the canary.</param>
    /// <param name="options">What names the stack on the command line.</param>
    public static UserException Promoted(string version, string options) => new(
        $"{version} was being promoted already: it is the stable version", options, $"To go back, roll out the version that was stable before: ./gopherctl rollout VERSION {options}.", ExitCode.NegativeVerdict);

    // Returns whether the rollout had begun to promote the canary before it could be told.
    private async Task<bool> WaitForRolloutAsync(CancellationToken cancellation)
    {
        note("a rollout of this stack runs on this machine: it is told to take the canary back");
        var isPromoting = false;
        while (!target.Ownership.TryTake())
        {
            // An update that runs may give the canary its requests after the first cut; `up -c` has written the weight before it begins.
            isPromoting = !target.Ownership.AskBack();
            if (!isPromoting && (await target.ReadAsync(cancellation)).Weight > 0)
            {
                await target.CutAsync(cancellation);
            }

            if (Waited >= longest)
            {
                throw new UserException(
                    string.Create(CultureInfo.InvariantCulture, $"the rollout that runs on this machine has not ended within {longest.TotalSeconds:0} s: it {(isPromoting ? "promotes the canary" : "raises the weight no more, and the stack has not been updated")}"),
                    target.Options,
                    isPromoting ? $"Look at it: ./gopherctl rollout {target.Options} --status." : $"End it with Ctrl-C, then finish the way back: ./gopherctl rollout {target.Options} --abort.",
                    ExitCode.Busy);
            }

            await Task.Delay(Interval, cancellation);
        }

        return isPromoting;
    }
}
