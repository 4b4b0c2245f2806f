using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace GopherMesh.Benchmarks;

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
