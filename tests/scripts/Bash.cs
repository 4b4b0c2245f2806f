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

/// <summary>A script that runs in a session of its own, as in a terminal of its own, and gets signals.</summary>
internal sealed class RunningScript : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    // A run in the background of a script ignores SIGINT; whatever it starts inherits that, and a shell cannot change it.
    public RunningScript(string folder, string script, params (string Name, string Value)[] environment)
    {
        _process = Bash.Start(["env", "--default-signal=INT,PIPE", "setsid", "bash", "-c", script], folder, environment);
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>Waits for a condition that the script causes.</summary>
    public async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var hasEnded = _process.HasExited;
            if (isSo())
            {
                return;
            }

            Assert.False(hasEnded, "the script has ended");
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Sends a signal to every process of the foreground, as a terminal does for Ctrl-C.</summary>
    public void SignalAll(string signal) => Kill("-s", signal, "--", $"-{_process.Id}");

    /// <summary>Sends a signal to the script alone.</summary>
    public void Signal(string signal) => Kill("-s", signal, $"{_process.Id}");

    /// <summary>Waits for the end.</summary>
    public async Task<ScriptResult> EndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return new(_process.ExitCode, (await _output.WaitAsync(patience.Token)).TrimEnd(), await _errors.WaitAsync(patience.Token));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            SignalAll("KILL");
        }

        _process.Dispose();
    }

    private static void Kill(params string[] arguments)
    {
        using var kill = Process.Start("/bin/kill", arguments);
        kill.WaitForExit();
    }
}

/// <summary>A test of a run in a session of its own; skipped, with the reason, where no program can start one (macOS).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SessionFactAttribute : FactAttribute
{
    public SessionFactAttribute() => Skip = Reason;

    internal static string? Reason { get; } = OperatingSystem.IsLinux() ? null : "needs Linux's setsid, as the cluster tests themselves do";
}

/// <summary>As <see cref="SessionFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SessionTheoryAttribute : TheoryAttribute
{
    public SessionTheoryAttribute() => Skip = SessionFactAttribute.Reason;
}
