using System.Diagnostics;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>What a program printed, and how it ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs the programs that a user would run: kubectl, helm, istioctl, gopherctl.</summary>
internal static class Command
{
    /// <summary>Longer than anything here takes, so that a program that hangs fails its test and not the whole run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    /// <summary>The standard output of a program that must succeed.</summary>
    /// <exception cref="CommandFailedException">It ended with another status than 0.</exception>
    public static Task<string> RunAsync(string program, params IEnumerable<string> arguments) => RunWithAsync("", program, arguments);

    /// <summary>The standard output of a program that reads <paramref name="input"/> and must succeed.</summary>
    /// <exception cref="CommandFailedException">It ended with another status than 0.</exception>
    public static async Task<string> RunWithAsync(string input, string program, params IEnumerable<string> arguments)
    {
        string[] given = [.. arguments];
        var result = await TryWithAsync(input, program, given);
        return result.ExitCode == 0 ? result.Output : throw new CommandFailedException(program, given, result);
    }

    /// <summary>What a program does that may fail, and reads <paramref name="input"/>.</summary>
    public static async Task<CommandResult> TryWithAsync(string input, string program, params IEnumerable<string> arguments)
    {
        using var deadline = new CancellationTokenSource(Limit);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Repository.Root,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await GiveAsync(process.StandardInput, input, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s");
        }

        return new CommandResult(process.ExitCode, await output, await errors);
    }

    private static async Task GiveAsync(StreamWriter standardInput, string input, CancellationToken deadline)
    {
        try
        {
            await standardInput.WriteAsync(input.AsMemory(), deadline);
            standardInput.Close();
        }
        catch (IOException)
        {
            // The program has ended without reading all of it; its status and its words say why.
        }
    }
}

/// <summary>A program failed that a test relies on; the message has all that it said.</summary>
internal sealed class CommandFailedException(string program, IEnumerable<string> arguments, CommandResult result)
    : Exception($"{program} {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Errors}{result.Output}");
