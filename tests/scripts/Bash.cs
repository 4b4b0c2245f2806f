using System.Diagnostics;

namespace GopherMesh.Tests.Scripts;

/// <summary>What a script printed and how it ended.</summary>
internal sealed record ScriptResult(int ExitCode, string Output, string Errors);

/// <summary>Runs bash with the few variables a test names, without the SDK choice of the run that the test is part of.</summary>
internal static class Bash
{
    public static async Task<ScriptResult> RunAsync(string folder, string script, params (string Name, string Value)[] environment)
    {
        using var process = Start(["bash", "-c", script], folder, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, (await output).TrimEnd(), await errors);
    }

    /// <summary>Starts a command without input.</summary>
    internal static Process Start(string[] command, string folder, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("PulumiSdk");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
