using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>gopherctl as a user runs it: a process of its own.</summary>
internal sealed class GopherctlProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public GopherctlProcess(string root, params string[] arguments)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "gopherctl.dll"), .. arguments];
        var start = new ProcessStartInfo("env", IgnoresInterrupts ? ["--default-signal=INT", .. command] : command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GOPHER_MESH_ROOT"] = root },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    // A run in the background of a script ignores SIGINT, and whatever it starts inherits that: no user's gopherctl, and no Ctrl-C.
    public static bool IgnoresInterrupts => OperatingSystem.IsLinux()
        && (Convert.ToUInt64(File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))[7..].Trim(), 16) & 2) != 0;

    /// <summary>All that it has printed.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Waits for a line of its output.</summary>
    public async Task<string> LineAsync(Func<string, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (_lines.FirstOrDefault(isWanted) is { } line)
            {
                return line;
            }

            Assert.False(_process.HasExited, $"gopherctl ended:\n{Output}");
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }
}

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

/// <summary>The local stack in a folder of its own, served by <c>gopherctl rehearse --serve</c> while its file changes.</summary>
internal sealed class ServedStack : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly string _local = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "Pulumi.local.yaml")).TrimEnd();

    public ServedStack() => File.Copy(Path.Combine(RepositoryRoot.Find(), "Pulumi.yaml"), Path.Combine(_root.Path, "Pulumi.yaml"));

    /// <summary>Starts to serve the local stack with more settings, each <c>key: value</c>.</summary>
    public GopherctlProcess Serve(params string[] settings)
    {
        Write(settings);
        return Run("rehearse", "--stack", "local", "--requests", "20", "--serve");
    }

    /// <summary>Runs a command on the stack.</summary>
    public GopherctlProcess Run(params string[] arguments) => new(_root.Path, arguments);

    /// <summary>Where the gateway answers, once it does.</summary>
    public static Task<Uri> GatewayAsync(GopherctlProcess gopherctl) => AddressAsync(gopherctl, "serving at ");

    /// <summary>Where the metrics are, once the gateway answers.</summary>
    public static Task<Uri> MetricsAsync(GopherctlProcess gopherctl) => AddressAsync(gopherctl, "Istio's metrics at ");

    /// <summary>Replaces the settings of <see cref="Serve"/>, at once as an editor does.</summary>
    public void Write(params string[] settings)
    {
        var path = Path.Combine(_root.Path, "Pulumi.local.yaml");
        File.WriteAllText(path + ".new", string.Join("\n  ", [_local, .. settings]) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose() => _root.Dispose();

    private static async Task<Uri> AddressAsync(GopherctlProcess gopherctl, string introduction)
    {
        var line = await gopherctl.LineAsync(line => line.StartsWith(introduction, StringComparison.Ordinal));
        return new Uri(line[introduction.Length..].Split(' ')[0]);
    }
}
