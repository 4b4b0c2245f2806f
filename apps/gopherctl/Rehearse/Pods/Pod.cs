using System.Globalization;
using GopherMesh.DataPlane.Model;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>A pod: a process that is restarted when it fails, as the kubelet does, until the pod ends.</summary>
internal sealed class Pod(string name, DeploymentSpec deployment, Uri proxy, LoopbackPorts ports, Action changed) : IAsyncDisposable
{
    // The kubelet's back-off (k8s.io/kubernetes pkg/kubelet/kubelet.go): at once the first time, then 10 s, doubled up to 5 min.
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    // For a service that nobody calls any more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _end = new();
    private volatile ServiceProcess? _process;
    private volatile Dictionary<int, int> _loopback = [];
    private volatile bool _ready;
    private Task _run = Task.CompletedTask;

    /// <summary>The pod's name.</summary>
    public string Name => name;

    /// <summary>The hash of the template that the pod was made from.</summary>
    public string TemplateHash => deployment.Template.Hash;

    /// <summary>The key of the pod's Deployment.</summary>
    public string DeploymentKey => deployment.Key;

    /// <summary>Whether requests may be sent to the pod.</summary>
    public bool IsReady => _ready && !IsEnding;

    /// <summary>Whether the pod has been told to end.</summary>
    public bool IsEnding => _end.IsCancellationRequested;

    /// <summary>How often the container was restarted.</summary>
    public int Restarts { get; private set; }

    /// <summary>Why the container was last restarted, with the last lines that it wrote; null if it never was.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>The pod as its own proxy sees it.</summary>
    public PodIdentity Identity => new(name, deployment.Namespace, deployment.Template.Labels);

    /// <summary>The pod as people see it.</summary>
    public PodState State => new(name, deployment.Template.Labels, this switch { { IsEnding: true } => PodPhase.Ending, { IsReady: true } => PodPhase.Ready, { Restarts: > 0 } => PodPhase.Restarting, _ => PodPhase.Starting }, Restarts);

    /// <summary>The pod as the data plane sees it.</summary>
    public PodEndpoint Endpoint => new(name, deployment.Namespace, deployment.Template.Labels, LoopbackByName(), IsReady);

    /// <summary>Throws what made the pod unable to run at all, if anything did.</summary>
    public void ThrowIfBroken()
    {
        if (_run.IsFaulted)
        {
            _run.GetAwaiter().GetResult();
        }
    }

    /// <summary>Starts the pod; the callback is called at each change of its state.</summary>
    public void Start() => _run = RunAsync(_end.Token);

    /// <summary>Ends the process as a crash does.</summary>
    public void Crash() => _process?.Kill();

    /// <summary>Takes the pod out of service, lets it finish (preStop, SIGTERM), and ends it at the latest after the grace period.</summary>
    public async Task EndAsync(bool hasCallers)
    {
        await _end.CancelAsync();
        changed();
        if (_process is { } process)
        {
            await EndProcessAsync(
                process,
                hasCallers ? deployment.Template.Container.PreStop : TimeSpan.Zero,
                hasCallers ? deployment.Template.GracePeriod : Patience);
        }

        await KillAsync();
    }

    /// <summary>Ends the pod at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await KillAsync();
        _end.Dispose();
    }

    // The run may have been about to start a process when it was told to end; after it no other is started.
    private async Task KillAsync()
    {
        _process?.Kill();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_process is { } last)
        {
            await last.DisposeAsync();
        }
    }

    private static async Task EndProcessAsync(ServiceProcess process, TimeSpan preStop, TimeSpan gracePeriod)
    {
        using var grace = new CancellationTokenSource(gracePeriod);
        await Task.WhenAny(Task.Delay(preStop, grace.Token), process.Exit);
        process.Terminate();
        await ((Task)process.Exit.WaitAsync(grace.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await process.DisposeAsync();
    }

    private async Task RunAsync(CancellationToken end)
    {
        for (var backOff = TimeSpan.Zero; ; backOff = Next(backOff))
        {
            await Task.Delay(backOff, end);
            _loopback = deployment.Template.Container.Ports.Values.Distinct().ToDictionary(port => port, _ => ports.Take());
            var process = _process = ServiceProcess.Start(
                ServiceBinaries.CommandOf(deployment), PodEnvironment.Of(name, deployment, _loopback, proxy));
            var reason = await new ContainerProbes(deployment.Template.Container, process, _loopback, SetReady).WatchAsync(end);
            SetReady(false);
            await EndProcessAsync(process, TimeSpan.Zero, deployment.Template.GracePeriod);
            LastFailure = string.Join("\n    ", [$"{name} {reason}", .. process.LastLines]);
            Restarts++;
            changed();
        }
    }

    private static TimeSpan Next(TimeSpan backOff) =>
        backOff == TimeSpan.Zero ? TimeSpan.Zero + FirstBackOff : TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, LongestBackOff.Ticks));

    private void SetReady(bool ready)
    {
        if (_ready == ready)
        {
            return;
        }

        _ready = ready;
        changed();
    }

    private Dictionary<string, int> LoopbackByName()
    {
        var byName = new Dictionary<string, int>();
        foreach (var (portName, port) in deployment.Template.Container.Ports)
        {
            if (_loopback.TryGetValue(port, out var listening))
            {
                byName[portName] = byName[port.ToString(CultureInfo.InvariantCulture)] = listening;
            }
        }

        return byName;
    }
}

/// <summary>A pod as people see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Phase">Where it is in its life.</param>
/// <param name="Restarts">How often its container was restarted.</param>
internal sealed record PodState(string Name, IReadOnlyDictionary<string, string> Labels, PodPhase Phase, int Restarts);

/// <summary>Where a pod is in its life.</summary>
internal enum PodPhase
{
    /// <summary>Its process runs and has not been ready yet.</summary>
    Starting,

    /// <summary>It gets requests.</summary>
    Ready,

    /// <summary>Its process has ended or is not ready, and the container was restarted before.</summary>
    Restarting,

    /// <summary>It has been told to end, and finishes its requests.</summary>
    Ending,
}
