using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Rehearse.Metrics;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using GopherMesh.Gopherctl.Rehearse.Workloads;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>The declared system, live on this machine: declarations go in, requests are sent, what they came to is judged.</summary>
internal sealed class MeshRehearsal : IAsyncDisposable
{
    private readonly TrafficObserver _traffic;
    private readonly IstioMetrics _metrics;
    private readonly LiveCluster _cluster;
    private IReadOnlyList<Manifest> _manifests = [];
    private DeclaredSplit? _split;

    private MeshRehearsal(LiveCluster cluster, TrafficObserver traffic, IstioMetrics metrics) => (_cluster, _traffic, _metrics) = (cluster, traffic, metrics);

    /// <summary>Where a caller reaches the declared gateway.</summary>
    public Uri Gateway => _cluster.Gateway;

    /// <summary>The host that a caller has to ask for.</summary>
    public string Host => _cluster.Host;

    /// <summary>The requests that are sent by default for what is declared now.</summary>
    public int DefaultRequests => SplitVerdict.Requests(Split);

    private DeclaredSplit Split => _split ?? throw new InvalidOperationException("nothing has been declared yet");

    /// <summary>Begins a rehearsal in which nothing is declared.</summary>
    /// <param name="seed">Repeats the choices of chance; null for new ones.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<MeshRehearsal> StartAsync(ulong? seed, CancellationToken cancellation)
    {
        var (traffic, metrics) = (new TrafficObserver(), new IstioMetrics());
        var names = new PodNames(seed is { } given ? new Random((int)given) : new Random());
        var options = new DataPlaneOptions { Seed = seed, Observer = new Observers(traffic, metrics) };
        return new(await LiveCluster.StartAsync(names, options, cancellation), traffic, metrics);
    }

    /// <summary>Brings a declaration to life, or changes the live one into it; returns when every declared pod is ready.</summary>
    /// <returns>What was done, a line for each object that changed.</returns>
    /// <exception cref="UserException">The declaration cannot be rehearsed; then nothing has been changed. Or a pod does not get ready.</exception>
    public async Task<IReadOnlyList<string>> DeclareAsync(Declaration declaration, CancellationToken cancellation)
    {
        var plan = Rehearsable.Check(declaration);
        var manifests = plan.Select(planned => planned.Manifest).ToList();
        var split = SplitReader.Read(manifests);
        var changes = await _cluster.ApplyAsync(plan, cancellation);
        (_split, _manifests) = (split, manifests);
        return changes;
    }

    /// <summary>Sends requests and judges what they came to.</summary>
    /// <param name="requests">How many.</param>
    /// <param name="answered">Told of each answer as it comes.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<RehearsalResult> VerifyAsync(int requests, Action<Answer> answered, CancellationToken cancellation)
    {
        var pods = _cluster.Pods;
        var (copiesBefore, routedBefore) = (_traffic.Mirrored, _traffic.Routed(Split.Host));
        var answers = new List<Answer>(requests);
        using (var load = new LoadGenerator(Gateway, Host))
            await load.SendAsync(requests, answer => { answers.Add(answer); answered(answer); }, cancellation);

        var routed = _traffic.Routed(Split.Host) - routedBefore;
        var copies = await LastCopiesAsync(() => Since(copiesBefore), routed, cancellation);
        var tally = Tally.Of(answers, Split, pods, copies, routed);
        return new RehearsalResult(Split, tally, SplitVerdict.Findings(Split, tally));
    }

    /// <summary>Writes what a cluster's Prometheus would have: Istio's metrics of all requests, and what the VirtualServices declare.</summary>
    public void WriteMetrics(TextWriter writer)
    {
        _metrics.WriteTo(writer);
        DeclaredRouteMetrics.Write(_manifests, writer);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private Dictionary<string, int> Since(IReadOnlyDictionary<string, int> before) =>
        _traffic.Mirrored.ToDictionary(copies => copies.Key, copies => copies.Value - before.GetValueOrDefault(copies.Key));

    // Nobody waits for a copy's answer: the last of them may arrive after the last answer.
    private async Task<Dictionary<string, int>> LastCopiesAsync(Func<Dictionary<string, int>> count, int routed, CancellationToken cancellation)
    {
        var expected = Split.Versions.Sum(version => version.Mirror >= 1 ? routed : 0);
        var (copies, unchanged) = (count(), 0);
        for (; copies.Values.Sum() < expected ? unchanged < 40 : Split.Versions.Any(version => version.Mirror > 0) && unchanged < 4; unchanged++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellation);
            var now = count();
            if (now.Values.Sum() != copies.Values.Sum())
                unchanged = 0;
            copies = now;
        }
        return copies;
    }
}
