using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Faults;

namespace GopherMesh.Benchmarks;

/// <summary>A program under measurement, in a process of its own.</summary>
internal sealed partial class Child : IDisposable
{
    private const string PageAt = "page at ";

    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"{start.FileName} {string.Join(' ', start.ArgumentList)} ended"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where its page is; null where it has none.</summary>
    public Uri? Page { get; private set; }

    /// <summary>Starts a built program of this repository, and waits until it prints the address at which it serves.</summary>
    /// <param name="project">The project's folder of outputs, e.g. <c>GopherDistributor</c>.</param>
    /// <param name="assembly">The program, e.g. <c>GopherDistributor.dll</c>.</param>
    /// <param name="environment">Variables, each <c>NAME=value</c>.</param>
    /// <param name="arguments">Arguments.</param>
    public static async Task<(Child Child, Uri Address)> StartAsync(string project, string assembly, string[] environment, params string[] arguments)
    {
        var path = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", project, "release", assembly));
        var start = new ProcessStartInfo("dotnet", [path, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var variable in environment)
        {
            start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        }

        var child = new Child(start);
        return (child, await child._address.Task.WaitAsync(TimeSpan.FromMinutes(2)));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is not null && line.StartsWith(PageAt, StringComparison.Ordinal))
        {
            Page = Uri.TryCreate(line[PageAt.Length..], UriKind.Absolute, out var page) ? page : null;
        }
        else if (Address().Match(line ?? "") is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Value));
        }
    }

    // gopherctl names the address of its metrics, too, and first.
    [GeneratedRegex(@"(?<!metrics at )http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}

/// <summary>A rehearsal in a process of its own, with the page of <c>rehearse --serve</c> or without a trace of one.</summary>
internal static class RehearsedChild
{
    private static readonly string[] Settings = ["canaryVersion=v2", "canaryWeight=20"];
    private static readonly Dictionary<string, string> Unchanged = [];

    /// <summary>Starts this program anew as a rehearsal.</summary>
    /// <param name="hasPage">Whether it has a page.</param>
    public static Task<(Child Child, Uri Address)> StartAsync(bool hasPage) => Child.StartAsync("Benchmarks", "Benchmarks.dll", [], "rehearsal", hasPage ? "page" : "bare");

    /// <summary>Serves until it is killed.</summary>
    /// <param name="hasPage">Whether it has a page.</param>
    public static async Task RunAsync(bool hasPage)
    {
        var figures = new LiveFigures(TimeProvider.System);
        await using var faults = new FaultyPods();
        await using var rehearsal = hasPage
            ? await MeshRehearsal.StartAsync(new DataPlaneOptions { Observer = figures }, faults, CancellationToken.None)
            : await MeshRehearsal.StartAsync(seed: null, CancellationToken.None);
        (await rehearsal.DeclareAsync(await DeclareAsync(Unchanged), CancellationToken.None)).OrThrow();
        await using var shown = hasPage ? new RehearsedPage(rehearsal, figures, faults, () => Config(Unchanged), DeclareAsync) : null;
        await using var page = shown is null ? null : await PageServer.StartAsync(0, shown, figures, CancellationToken.None);
        Console.WriteLine($"page at {page?.Address}");
        Console.WriteLine($"serving at {rehearsal.Gateway}");
        await rehearsal.Defect;
    }

    private static EffectiveConfig Config(IReadOnlyDictionary<string, string> over) =>
        EffectiveConfig.Read(RepositoryRoot.Find(), "local", [.. Settings, .. over.Select(setting => $"{setting.Key}={setting.Value}")]);

    private static Task<Declaration> DeclareAsync(IReadOnlyDictionary<string, string> over) => ProgramEvaluator.EvaluateAsync(Config(over));
}

/// <summary>CPU time by program, over all its processes: what says which of them bounds a figure.</summary>
/// <param name="ByProgram">The time of each program.</param>
internal sealed record CpuAccount(IReadOnlyDictionary<string, TimeSpan> ByProgram)
{
    /// <summary>The time of all programs together.</summary>
    public TimeSpan Total => ByProgram.Values.Aggregate(TimeSpan.Zero, (sum, time) => sum + time);

    /// <summary>What every process has taken so far that still runs and may be asked.</summary>
    public static CpuAccount Read()
    {
        Dictionary<string, TimeSpan> times = [];
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (Read(process) is var (program, time))
                {
                    times[program] = times.GetValueOrDefault(program) + time;
                }
            }
        }

        return new(times);
    }

    /// <summary>What was taken since <paramref name="earlier"/>.</summary>
    public CpuAccount Since(CpuAccount earlier) => new(ByProgram.ToDictionary(
        program => program.Key,
        // A program of which a process has ended may seem to have taken less than before.
        program => TimeSpan.FromTicks(Math.Max(0, (program.Value - earlier.ByProgram.GetValueOrDefault(program.Key)).Ticks))));

    /// <summary>The programs that took the most, in microseconds for each of so many requests.</summary>
    public string PerRequest(int requests) => string.Join(", ", ByProgram
        .Select(program => (Name: program.Key, Microseconds: program.Value.TotalMicroseconds / requests))
        .Where(program => program.Microseconds >= 1)
        .OrderByDescending(program => program.Microseconds)
        .Take(8)
        .Select(program => string.Create(CultureInfo.InvariantCulture, $"{program.Name} {program.Microseconds:0} us")));

    private static (string Program, TimeSpan Time)? Read(Process process)
    {
        try
        {
            return Program(process) is { } program ? (program, process.TotalProcessorTime) : null;
        }
        // It has ended meanwhile, or is someone else's.
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or IOException or NotSupportedException)
        {
            return null;
        }
    }

    // Every .NET program is called dotnet; which one it is says its command line, where the system has a file of it. Without one it is a
    // thread of the kernel, whose time is counted for the program that it interrupts, too.
    private static string? Program(Process process)
    {
        if (process.Id == Environment.ProcessId)
        {
            return "the callers";
        }

        var file = $"/proc/{process.Id}/cmdline";
        if (!File.Exists(file))
        {
            return process.ProcessName;
        }

        var commandLine = File.ReadAllText(file);
        var assembly = commandLine.Split('\0').FirstOrDefault(word => word.EndsWith(".dll", StringComparison.Ordinal));
        return commandLine.Length == 0 ? null : Path.GetFileNameWithoutExtension(assembly) ?? process.ProcessName;
    }
}
