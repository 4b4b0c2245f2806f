using System.Collections.Concurrent;
using GopherMesh.DataPlane.Observing;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Keeps what the proxies report.</summary>
internal sealed class Reports : IRequestObserver
{
    private readonly ConcurrentQueue<RequestReport> _reports = new();

    public IEnumerable<RequestReport> BySource => _reports.Where(report => report.Reporter == Reporter.Source);

    public IEnumerable<RequestReport> ByDestination => _reports.Where(report => report.Reporter == Reporter.Destination);

    public void OnRequest(in RequestReport report) => _reports.Enqueue(report);
}

/// <summary>Waits for what comes in its own time.</summary>
internal static class Eventually
{
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(10, patience.Token);
        }
    }
}
