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
        var state = await target.ReadAsync(cancellation);
        if (state.Canary is not { } canary)
        {
            throw isPromoted
                ? new UserException($"{state.Stable} was being promoted already: it is the stable version", target.Options, $"To go back, roll out the version that was stable before: ./gopherctl rollout VERSION {target.Options}.", ExitCode.NegativeVerdict)
                : new UserException("there is no canary to take back", target.Options, "Nothing is to be done: every request goes to the stable version.");
        }

        // A rollout that was told has done it; one that ended otherwise has not.
        if (wasFree || state.Weight > 0 || await pulumi.HistoryAsync(1, cancellation) is not [{ Result: "succeeded", IsWayBack: true }, ..])
        {
            await target.TakeBackAsync(message(canary), longest - Waited, cancellation);
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

/// <summary>
/// Who moves a stack on this machine: a lock for one gopherctl at a time, and beside it a word to whoever has it: that a person takes the canary back,
/// or that it is being promoted, whichever came first. The word concerns the rollout that runs; whoever takes the stack next forgets it.
/// </summary>
/// <param name="stack">The stack's name.</param>
/// <param name="folder">That of the project file.</param>
internal sealed class StackOwnership(string stack, string folder) : IDisposable
{
    private const string Back = "back";
    private const string Promotion = "promotion";
    private const int MostTries = 10;

    private readonly string _word = Path.Combine(folder, $"rollout-{stack}.word");
    private FileStream? _lock;

    /// <summary>Whether somebody has asked for the way back.</summary>
    public bool IsBackAsked => Said() == Back;

    /// <summary>Takes the stack for this process; the system lets go of it with the process, however that ends.</summary>
    /// <exception cref="UserException">Another rollout on this machine has it.</exception>
    public void Take()
    {
        if (_lock is null)
        {
            _lock = BuiltProgram.Take(stack, folder);
            File.Delete(_word);
        }
    }

    /// <summary>Takes the stack, unless another rollout on this machine has it.</summary>
    public bool TryTake()
    {
        try
        {
            Take();
            return true;
        }
        catch (UserException taken) when (taken.Code == ExitCode.Busy)
        {
            return false;
        }
    }

    /// <summary>Asks whoever has the stack for the way back; to be repeated, since a rollout that begins forgets it.</summary>
    /// <returns>False when the canary is being promoted: its routes are not to be touched any more.</returns>
    public bool AskBack() => Say(Back);

    /// <summary>Says that the canary is being promoted.</summary>
    /// <returns>False when somebody has asked for the way back.</returns>
    public bool BeginPromotion() => Say(Promotion);

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    // A link is made whole or not at all, and by one alone; what it names does not exist.
    private bool Say(string word)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                File.CreateSymbolicLink(_word, word);
                return true;
            }
            catch (Exception unmade) when (unmade is IOException or UnauthorizedAccessException)
            {
                if (Said() is { } said)
                {
                    return said == word;
                }

                // One that is there may be forgotten in between; a file system that takes none is another matter.
                if (tries == MostTries)
                {
                    throw new UserException(
                        $"whoever moves the stack cannot be told: {unmade.Message}", _word, "Make room there, and see that the file system has links.", ExitCode.NegativeVerdict);
                }
            }
        }
    }

    private string? Said() => new FileInfo(_word).LinkTarget;
}
