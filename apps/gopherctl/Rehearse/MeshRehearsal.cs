using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Metrics;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>The declared system, live on this machine: applies declarations, sends requests, and judges the answers.</summary>
internal sealed class MeshRehearsal : IAsyncDisposable
{
    private readonly RequestCounter _traffic;
    private readonly IstioMetrics _metrics;
    private readonly LiveCluster _cluster;
    private DeclaredSplit? _split;

    private MeshRehearsal(LiveCluster cluster, RequestCounter traffic, IstioMetrics metrics) => (_cluster, _traffic, _metrics) = (cluster, traffic, metrics);

    /// <summary>Where a caller reaches the declared gateway.</summary>
    public Uri Gateway => _cluster.Gateway;

    /// <summary>The host that a caller has to ask for.</summary>
    public string Host => _cluster.Host;

    /// <summary>The requests that are sent by default for what is declared now.</summary>
    public int DefaultRequests => SplitVerdict.Requests(Split);

    /// <summary>Fails with the first defect of the data plane, and does not end without one.</summary>
    public Task Defect => _cluster.Defect;

    /// <summary>All pods, those that are ending included.</summary>
    public IReadOnlyList<PodState> Pods => _cluster.PodStates;

    /// <summary>Called after each change of a pod's state, from any thread.</summary>
    public event Action PodsChanged
    {
        add => _cluster.PodsChanged += value;
        remove => _cluster.PodsChanged -= value;
    }

    /// <summary>Called when a declaration begins to be applied, and when that has ended.</summary>
    public event Action? ApplyingChanged;

    /// <summary>Called when a declaration that changes anything has been applied, while <see cref="IsApplying"/> is still true.</summary>
    public event Action? Reapplied;

    /// <summary>Whether a declaration is being applied: its routes may be in force, and <see cref="Split"/> is still the one before.</summary>
    public bool IsApplying { get; private set; }

    /// <summary>Who is declared to answer which share of the requests.</summary>
    /// <exception cref="InvalidOperationException">Nothing has been declared yet.</exception>
    public DeclaredSplit Split => _split ?? throw new InvalidOperationException("nothing has been declared yet");

    /// <summary>Begins a rehearsal in which nothing is declared.</summary>
    /// <param name="seed">Repeats the choices of chance; null for new ones.</param>
    /// <param name="cancellation">Gives up.</param>
    public static Task<MeshRehearsal> StartAsync(ulong? seed, CancellationToken cancellation) =>
        StartAsync(new DataPlaneOptions { Seed = seed }, path: null, cancellation);

    /// <summary>Begins a rehearsal in which nothing is declared.</summary>
    /// <param name="options">The data plane's options; their observer gets the requests too.</param>
    /// <param name="path">Stands between the data plane and the pods; null if nothing does.</param>
    /// <param name="cancellation">Ends the start early.</param>
    public static async Task<MeshRehearsal> StartAsync(DataPlaneOptions options, IPodPath? path, CancellationToken cancellation)
    {
        var (traffic, metrics) = (new RequestCounter(), new IstioMetrics());
        IRequestObserver[] observers = options.Observer is { } other ? [traffic, metrics, other] : [traffic, metrics];
        var names = new PodNames(options.Seed is { } given ? new Random((int)given) : new Random());
        return new(await LiveCluster.StartAsync(names, options with { Observer = new Observers(observers) }, path, cancellation), traffic, metrics);
    }

    /// <summary>Brings a declaration to life, or changes the live one into it; returns when every declared pod is ready.</summary>
    /// <returns>What was done; where a pod does not become ready, the declaration is live in part only.</returns>
    /// <exception cref="UserException">The declaration cannot be rehearsed; nothing has been changed.</exception>
    public async Task<Applied> DeclareAsync(Declaration declaration, CancellationToken cancellation)
    {
        var plan = Rehearsable.Check(declaration);
        var manifests = plan.Select(planned => planned.Manifest).ToList();
        var split = SplitReader.Read(manifests);
        IsApplying = true;
        ApplyingChanged?.Invoke();
        try
        {
            var applied = await _cluster.ApplyAsync(plan, cancellation);
            if (applied.Failure is null)
            {
                _split = split;
            }

            if (applied.Changes.Count > 0)
            {
                Reapplied?.Invoke();
            }

            return applied;
        }
        finally
        {
            IsApplying = false;
            ApplyingChanged?.Invoke();
        }
    }

    /// <summary>Sends requests and judges the answers.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="answered">Told of each answer as it comes.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="Exception">A defect of the data plane: what was observed says nothing about what is declared.</exception>
    public async Task<RehearsalResult> VerifyAsync(int requests, Action<Answer> answered, CancellationToken cancellation)
    {
        var pods = _cluster.Pods;
        var (copiesBefore, routedBefore) = (_traffic.Mirrored, _traffic.Routed(Split.Host));
        var answers = new List<Answer>(requests);
        using (var load = new LoadGenerator(Gateway, Host))
        {
            await UnlessDefectAsync(stop => load.SendAsync(requests, answer => { answers.Add(answer); answered(answer); }, stop), cancellation);
        }

        var routed = _traffic.Routed(Split.Host) - routedBefore;
        var copies = await LastCopiesAsync(() => Since(copiesBefore), routed, cancellation);
        if (Defect.IsFaulted)
        {
            await Defect;
        }

        var tally = Tally.Of(answers, Split, pods, copies, routed);
        return new RehearsalResult(Split, tally, SplitVerdict.Findings(Split, tally));
    }

    /// <summary>Ends the process of a pod as a crash does; the pod starts another one.</summary>
    public void Crash(string pod) => _cluster.Crash(pod);

    /// <summary>Writes what a cluster's Prometheus would have: Istio's metrics of all requests, and what the VirtualServices declare.</summary>
    public void WriteMetrics(TextWriter writer)
    {
        _metrics.WriteTo(writer);
        DeclaredRouteMetrics.Write(_cluster.Manifests, writer);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private async Task UnlessDefectAsync(Func<CancellationToken, Task> send, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = send(stop.Token);
        if (await Task.WhenAny(sending, Defect) == Defect)
        {
            await stop.CancelAsync();
            await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Defect;
        }

        await sending;
    }

    private Dictionary<string, int> Since(IReadOnlyDictionary<string, int> before) =>
        _traffic.Mirrored.ToDictionary(copies => copies.Key, copies => copies.Value - before.GetValueOrDefault(copies.Key));

    // A proxy does not wait for the answer to a copy, so the last copies may arrive after the last answer: wait until all that are declared
    // have arrived or, for a share of the requests, until the count has stayed the same for a while.
    private async Task<Dictionary<string, int>> LastCopiesAsync(Func<Dictionary<string, int>> count, int routed, CancellationToken cancellation)
    {
        var expected = Split.Versions.Sum(version => version.Mirror >= 1 ? routed : 0);
        var (copies, unchanged) = (count(), 0);
        for (; copies.Values.Sum() < expected ? unchanged < 40 : Split.Versions.Any(version => version.Mirror > 0) && unchanged < 4; unchanged++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
            var now = count();
            if (now.Values.Sum() != copies.Values.Sum())
            {
                unchanged = 0;
            }

            copies = now;
        }

        return copies;
    }
}

/// <summary>A rehearsal's outcome.</summary>
/// <param name="Split">What is declared.</param>
/// <param name="Tally">What was observed.</param>
/// <param name="Findings">What is wrong; empty when the verdict is good.</param>
internal sealed record RehearsalResult(DeclaredSplit Split, Tally Tally, IReadOnlyList<string> Findings)
{
    /// <summary>Whether everything is as declared.</summary>
    public bool IsGood => Findings.Count == 0;
}
