using Spectre.Console;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>The one shape of an error: what is wrong, where, and what to do.</summary>
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

    /// <summary>An error that nobody foresaw: one line of it, and how to get the rest.</summary>
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
