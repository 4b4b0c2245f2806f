using Spectre.Console;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>Something that the user can correct: bad input, a missing file, a busy folder, a pod that does not start.</summary>
/// <param name="what">What is wrong, in one line or several of the same kind.</param>
/// <param name="where">The file (with line and column), option or resource that it is about; empty where <paramref name="what"/> says it.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="code">The exit code of the command.</param>
public sealed class UserException(string what, string where, string remedy, int code = ExitCode.BadInput) : Exception(what)
{
    /// <summary>The file (with line and column), option or resource that the error is about.</summary>
    public string Where { get; } = where;

    /// <summary>What to do about it.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>The exit code of the command.</summary>
    public int Code { get; } = code;

    /// <summary>The same error for a command in which <see cref="ExitCode.NegativeVerdict"/> has another meaning than that something could not be done.</summary>
    public UserException WithoutVerdict() => Code == ExitCode.NegativeVerdict ? new(Message, Where, Remedy, ExitCode.CouldNot) : this;
}

/// <summary>Writes an error: what is wrong, where, and what to do.</summary>
internal static class ErrorReport
{
    /// <summary>Set to 1, it adds the stack trace to the report of a defect.</summary>
    private const string DetailsVariable = "GOPHERCTL_DETAILS";

    public static void Write(IAnsiConsole console, UserException error)
    {
        // Written as plain lines: a long path or value must not be wrapped.
        console.Profile.Out.Writer.WriteLine($"gopherctl: {Printable.Lines(error.Message)}");
        if (error.Where.Length > 0)
        {
            console.Profile.Out.Writer.WriteLine($"  where: {Printable.Lines(error.Where)}");
        }

        console.Profile.Out.Writer.WriteLine($"  to do: {Printable.Lines(error.Remedy)}");
    }

    /// <summary>Writes an unexpected exception in one line, and says how to get its details.</summary>
    public static void Write(IAnsiConsole console, Exception defect)
    {
        Write(console, new UserException(
            $"defect: {FirstLines(defect.Message)}",
            $"{defect.GetType().Name} in {defect.TargetSite?.DeclaringType?.FullName ?? "gopherctl"}",
            $"Run it again with {DetailsVariable}=1 and report what it prints."));
        if (Environment.GetEnvironmentVariable(DetailsVariable) == "1")
        {
            console.Profile.Out.Writer.WriteLine(defect);
        }
    }

    // Pulumi's SDK puts the stack trace of a failed program into the message.
    private static string FirstLines(string message) => message.Split("\n   at ")[0].ReplaceLineEndings(" ").Trim();
}

/// <summary>The exit codes of every command.</summary>
public static class ExitCode
{
    /// <summary>Done, and the verdict is good.</summary>
    public const int Success = 0;

    /// <summary>Done, and the verdict is negative: a request failed, a version answered that should not, the split is off, a check found an error, or a canary is worse.</summary>
    public const int NegativeVerdict = 1;

    /// <summary>Bad input: nothing was started or written.</summary>
    public const int BadInput = 2;

    /// <summary>Done, and there is no verdict: the evidence does not suffice for either.</summary>
    public const int NotEnoughEvidence = 3;

    /// <summary>Not done: an update failed, or what has to be asked does not answer. It is no verdict.</summary>
    public const int CouldNot = 6;

    /// <summary>Not done, since somebody else has the stack: an update has its lock, or a rollout of it runs on this machine. The same command may do later.</summary>
    public const int Busy = 7;

    /// <summary>A defect of gopherctl itself (EX_SOFTWARE of sysexits.h).</summary>
    public const int Defect = 70;

    /// <summary>Interrupted by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;
}
