using System.Diagnostics;
using System.Globalization;

// One engine, one account and one cluster for all.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace GopherMesh.Tests.Engine;

/// <summary>What a program printed, both streams in one, and how it ended.</summary>
internal sealed record ProgramResult(string Line, int ExitCode, string Output, TimeSpan Took)
{
    /// <summary>This result, if the program succeeded.</summary>
    /// <exception cref="InvalidOperationException">It ended with another status than 0; the message has what it printed.</exception>
    public ProgramResult Succeeded() =>
        ExitCode == 0 ? this : throw new InvalidOperationException($"{Line} ended with {ExitCode}:\n{Output}");
}

/// <summary>A program that a user would start: pulumi, aws, kubectl.</summary>
internal sealed class Started
{
    /// <summary>Longer than anything here takes, so that what hangs fails its test and not the whole run.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    private readonly string _line;
    private readonly Process _process;
    private readonly Task<string[]> _output;
    private readonly long _start = Stopwatch.GetTimestamp();

    private Started(ProcessStartInfo start)
    {
        _line = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = Task.WhenAll(_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
    }

    public TimeSpan Age => Stopwatch.GetElapsedTime(_start);

    public bool HasExited => _process.HasExited;

    /// <summary>Starts a program in the repository's copy.</summary>
    public static Started Start(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            WorkingDirectory = Checkout.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        return new(start);
    }

    /// <summary>Runs a program that must succeed, and returns what it printed.</summary>
    public static async Task<string> RunAsync(string name, params IEnumerable<string> arguments) =>
        (await Start(name, arguments).EndAsync()).Succeeded().Output;

    /// <summary>Runs a line of bash, as a page of the documents has it.</summary>
    public static Task<ProgramResult> BashAsync(string line, IReadOnlyDictionary<string, string>? environment = null) =>
        Start("bash", ["-euo", "pipefail", "-c", line], environment).EndAsync();

    /// <summary>Waits for the end.</summary>
    public async Task<ProgramResult> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{_line} did not end within {Limit.TotalMinutes} minutes:\n{string.Concat(await _output)}");
        }

        return new(_line, _process.ExitCode, string.Concat(await _output), Age);
    }

    /// <summary>Kills it with all that it has started, at once and without a signal that any of them could answer: kill -9.</summary>
    public async Task<ProgramResult> KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        return await EndAsync();
    }
}

/// <summary>The copy of this repository that the tests deploy, so that they may change its stack file and its state.</summary>
internal static class Checkout
{
    private const string Variable = "GOPHER_ENGINE_CHECKOUT";

    /// <summary>Why the tests are skipped; null where tests/engine/run has started an engine.</summary>
    public static string? SkipReason { get; } =
        Environment.GetEnvironmentVariable(Variable) is null ? "there is no engine here; run tests/engine/run CLUSTER ENGINE" : null;

    public static string Root => Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} is not set; tests/engine/run sets it");

    /// <summary>A folder beside the copy, for states and logs.</summary>
    public static string Work => Path.Combine(Root, "..", "runs");

    /// <summary>The machine's load average of the last minute.</summary>
    public static string Load => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    /// <summary>Writes a line with what was seen, for whoever waits for the run.</summary>
    public static void Report(FormattableString line) =>
        File.AppendAllText(Path.Combine(Work, "report"), $"{DateTime.UtcNow:HH:mm:ss} {line.ToString(CultureInfo.InvariantCulture)}\n");
}

/// <summary>A fact that needs the real engine: skipped, with the reason, where tests/engine/run has not started one.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EngineFactAttribute : FactAttribute
{
    public EngineFactAttribute() => Skip = Checkout.SkipReason;
}
