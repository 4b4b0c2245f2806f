using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using GopherMesh.DataPlane.Observing;

namespace GopherMesh.Gopherctl.Rehearse.Verdict;

/// <summary>Counts what only the proxies see: copies that reached a pod, and requests to a host that its callers made.</summary>
internal sealed class RequestCounter : IRequestObserver
{
    private readonly ConcurrentDictionary<string, StrongBox<int>> _mirrored = new();
    private readonly ConcurrentDictionary<string, StrongBox<int>> _routed = new();

    /// <summary>The copies that each pod has received until now.</summary>
    public IReadOnlyDictionary<string, int> Mirrored => _mirrored.ToDictionary(count => count.Key, count => Volatile.Read(ref count.Value.Value));

    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        if (report is { Mirrored: true, Reporter: Reporter.Destination, Destination: { } pod })
        {
            Count(_mirrored, pod.Pod);
        }
        else if (report is { Mirrored: false, Reporter: Reporter.Source, DestinationHost: { } host })
        {
            Count(_routed, host);
        }
    }

    /// <summary>The requests to a host that its callers' proxies have routed until now, copies not among them.</summary>
    public int Routed(string host) => _routed.TryGetValue(host, out var count) ? Volatile.Read(ref count.Value) : 0;

    private static void Count(ConcurrentDictionary<string, StrongBox<int>> counts, string key) =>
        Interlocked.Increment(ref counts.GetOrAdd(key, _ => new StrongBox<int>()).Value);
}

/// <summary>Passes each report to several observers.</summary>
internal sealed class Observers(params IRequestObserver[] observers) : IRequestObserver
{
    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnRequest(report);
        }
    }

    /// <inheritdoc/>
    public void OnEjection(EjectionReport report)
    {
        foreach (var observer in observers)
        {
            observer.OnEjection(report);
        }
    }
}
