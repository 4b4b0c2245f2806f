using System.Diagnostics;
using System.Globalization;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>Other processes, as `ps` and `kill` know them on every Unix.</summary>
internal static class ProcessTable
{
    /// <summary>All descendants of a process.</summary>
    public static IReadOnlyList<int> Descendants(int process)
    {
        var children = Run("ps", "-eo", "pid=,ppid=").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)).ToArray())
            .ToLookup(ids => ids[1], ids => ids[0]);
        return [.. Below(process)];

        IEnumerable<int> Below(int parent) => children[parent].SelectMany(child => Below(child).Prepend(child));
    }

    /// <summary>Whether a process is there and has not ended (a zombie has).</summary>
    public static bool IsRunning(int process) => Run("ps", "-o", "stat=", "-p", $"{process}").Trim() is { Length: > 0 } state && !state.StartsWith('Z');

    /// <summary>Sends a signal.</summary>
    public static void Signal(int process, string signal) => Run("/bin/kill", "-s", signal, $"{process}");

    /// <summary>Waits until none of the processes is running.</summary>
    public static async Task GoneAsync(IReadOnlyList<int> processes, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        while (processes.Any(IsRunning))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
