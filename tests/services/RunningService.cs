using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using GopherMesh.Distributor;
using GopherMesh.Requester;
using GopherMesh.Service;
using Microsoft.AspNetCore.Builder;

namespace GopherMesh.Tests.Services;

/// <summary>A service in this process, on a free port of the loopback address, with the environment that a test gives it.</summary>
internal sealed class RunningApp : IAsyncDisposable
{
    private readonly CancellationTokenSource _haste = new();
    private readonly WebApplication _app;

    private RunningApp(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null }) { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public static Task<RunningApp> DistributorAsync(string version = "v1", string pod = "pod-1") =>
        StartAsync(DistributorApp.Build, new() { ["VERSION"] = version, ["POD_NAME"] = pod });

    public static Task<RunningApp> RequesterAsync(Uri distributor, Dictionary<string, string>? more = null) => StartAsync(RequesterApp.Build, new(more ?? [])
    {
        ["DISTRIBUTOR_URL"] = distributor.ToString(),
        ["POD_NAME"] = "requester-1",
    });

    /// <summary>Begins a stop like SIGTERM's; <see cref="HurryUp"/> ends its drain.</summary>
    public Task BeginStop() => _app.StopAsync(_haste.Token);

    public void HurryUp() => _haste.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _haste.CancelAsync();
        await _app.StopAsync(_haste.Token);
        await _app.DisposeAsync();
        Client.Dispose();
        _haste.Dispose();
    }

    private static async Task<RunningApp> StartAsync(Func<ServiceEnvironment, WebApplication> build, Dictionary<string, string> environment)
    {
        environment.TryAdd("DRAIN_WINDOW_MS", "10000");
        var app = build(new ServiceEnvironment(environment.GetValueOrDefault));
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        return new RunningApp(app, new Uri(app.Urls.Single()));
    }
}

/// <summary>How long a test waits for a condition before it is a failure: far more than a busy machine needs.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds, and checks it again and again.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"waited {Limit} until {what}");
            await Task.Delay(20);
        }
    }
}

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
