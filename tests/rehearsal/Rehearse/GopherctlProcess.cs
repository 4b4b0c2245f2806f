using System.Collections.Concurrent;
using System.Diagnostics;

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
