using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GopherMesh.Tests.Services;

/// <summary>A service as its pod runs it: `dotnet NAME.dll` with an environment. Gone when disposed, whatever the test did.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const int Sigterm = 15;

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _errors = [];

    private ServiceProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public IReadOnlyCollection<string> Output => _output;

    public IReadOnlyCollection<string> Errors => _errors;

    public static ServiceProcess Start(string assembly, Dictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment.TryAdd("ASPNETCORE_URLS", "http://127.0.0.1:0");
        return new ServiceProcess(new Process { StartInfo = start });
    }

    /// <summary>The first address in the line that the service logs once it listens.</summary>
    public async Task<Uri> ListeningAsync() => new((await LoggedAsync("is listening on http")).Split("listening on ")[1].Split(['"', ' '])[0]);

    public async Task<string> LoggedAsync(string text)
    {
        await Patience.UntilAsync(() => Task.FromResult(_process.HasExited || _output.Any(Contains)), $"\"{text}\" is logged");
        return _output.FirstOrDefault(Contains) ?? throw new InvalidOperationException($"ended before: {text}\n{string.Join('\n', _errors)}");

        bool Contains(string line) => line.Contains(text, StringComparison.Ordinal);
    }

    public void Terminate() => Assert.Equal(0, Kill(_process.Id, Sigterm));

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience.Limit);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
