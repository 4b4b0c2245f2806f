using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Rollout;

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

    // What opening a file that another process has is on Linux (EWOULDBLOCK), macOS and Windows (ERROR_SHARING_VIOLATION).
    private static readonly int[] Shared = [11, 35, unchecked((int)0x80070020)];

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
            _lock = Locked();
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

    private FileStream Locked()
    {
        var path = Path.Combine(folder, $"rollout-{stack}.lock");
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception other) when (other is UnauthorizedAccessException || (other is IOException && !Shared.Contains(other.HResult)))
        {
            throw new UserException($"whether another rollout of stack {stack} runs on this machine cannot be told: {other.Message}", path, "See that this file can be written.", ExitCode.NegativeVerdict);
        }
        catch (IOException)
        {
            throw new UserException(
                $"another rollout of stack {stack} is running on this machine", path, "Wait for its end, or end it with Ctrl-C: it holds the weight and says how to go on.", ExitCode.Busy);
        }
    }

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
