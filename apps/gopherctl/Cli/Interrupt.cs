using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>Ctrl-C, SIGTERM and a closed terminal: the first requests an orderly end, the second ends the process at once.</summary>
public sealed class Interrupt : IDisposable
{
    private const int SignalBase = 128;
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations;

    /// <summary>Begins to listen for the signals of this process.</summary>
    public Interrupt() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, ExitCode.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, SignalBase + 15)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Handle(context, SignalBase + 1)),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The exit code after a signal: 128 and the signal's number.</summary>
    public int Code { get; private set; } = ExitCode.Interrupted;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context, int code)
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        Code = code;
        _source.Cancel();
    }
}

/// <summary>A web server in gopherctl: it logs nothing, and leaves the signals to <see cref="Interrupt"/>.</summary>
internal static class QuietServer
{
    /// <summary>Makes it so. A host's own lifetime takes every Ctrl-C for a request to stop the host, and the second one would not end the process.</summary>
    public static void Quieten(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
