using System.Runtime.InteropServices;

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
