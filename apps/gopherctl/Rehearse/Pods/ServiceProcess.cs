using System.Diagnostics;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>A running service.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _shell;
    private readonly StreamWriter _input;
    private readonly LogTail _log = new();
    private readonly Lock _pipe = new();

    private ServiceProcess(Process shell)
    {
        _shell = shell;
        _shell.OutputDataReceived += (_, line) => _log.Add(line.Data);
        _shell.ErrorDataReceived += (_, line) => _log.Add(line.Data);
        // Should someone kill the shell alone, the closed pipe makes its guard end the service.
        _shell.Exited += (_, _) => Kill();
        _input = shell.StandardInput;
        _input.AutoFlush = true;
        _shell.EnableRaisingEvents = true;
        _shell.BeginOutputReadLine();
        _shell.BeginErrorReadLine();
        Exit = ExitAsync();
    }

    /// <summary>The exit code, once the service has ended; 128 and the signal's number when a signal ended it.</summary>
    public Task<int> Exit { get; }

    /// <summary>The last lines that the service wrote, oldest first.</summary>
    public IReadOnlyList<string> LastLines => _log.Lines;

    /// <summary>Starts a service with exactly the given environment.</summary>
    public static ServiceProcess Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(Supervisor.Shell, ["-c", Supervisor.Script, "supervisor", .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServiceProcess(Process.Start(start) ?? throw new InvalidOperationException($"{Supervisor.Shell} did not start"));
    }

    /// <summary>Asks the service to end (SIGTERM).</summary>
    public void Terminate() => OnPipe(pipe => pipe.WriteLine("TERM"));

    /// <summary>Ends the service at once, as the end of gopherctl would: by closing the pipe.</summary>
    public void Kill() => OnPipe(pipe => pipe.Close());

    /// <summary>Ends the service at once and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await Exit;
        _shell.Dispose();
    }

    private async Task<int> ExitAsync()
    {
        // Also waits for the end of the output, so that the last lines are complete.
        await _shell.WaitForExitAsync();
        return _shell.ExitCode;
    }

    private void OnPipe(Action<StreamWriter> action)
    {
        lock (_pipe)
        {
            try
            {
                action(_input);
            }
            catch (Exception gone) when (gone is IOException or InvalidOperationException)
            {
                // The service has ended already, and its supervisor with it.
            }
        }
    }
}

/// <summary>
/// The shell script that each service runs under, so that no service outlives gopherctl, however that ends: the script's standard input is
/// a pipe whose other end only gopherctl holds, and the kernel closes it with gopherctl, also on kill -9. The service knows nothing of it:
/// its standard input is empty, its output goes to gopherctl, its exit code is passed on.
/// </summary>
internal static class Supervisor
{
    /// <summary>The shell that every Unix has.</summary>
    public const string Shell = "/bin/sh";

    /// <summary>
    /// Arguments of the shell are the service's command line; lines on the pipe are names of signals for the service.
    /// The guard is a process of its own, for a shell that waits cannot read; it also ends the service when the first shell is killed.
    /// Ctrl-C reaches every process of the terminal; here gopherctl decides who ends when.
    /// </summary>
    public const string Script = """
        trap '' INT HUP
        exec 3<&0
        "$@" </dev/null 3<&- &
        service=$!
        (
          while read -r signal <&3; do kill -s "$signal" "$service"; done
          kill -s KILL "$service"
        ) >/dev/null 2>&1 &
        guard=$!
        exec 3<&-
        wait "$service"
        code=$?
        kill -s KILL "$guard" 2>/dev/null
        exit "$code"
        """;
}

/// <summary>The last lines of a service's output: what is shown when it fails.</summary>
internal sealed class LogTail
{
    private const int Kept = 20;
    private readonly Queue<string> _lines = new(Kept);

    /// <summary>The lines, oldest first.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Keeps a line; null, by which a process tells the end of its output, is none.</summary>
    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == Kept)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }
}
