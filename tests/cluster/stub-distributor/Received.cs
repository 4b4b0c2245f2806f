using System.Collections.Concurrent;

namespace GopherMesh.Tests.Stub;

/// <summary>What of a case has come to an application: copies, whose answers nobody sees, and tries are there, too.</summary>
/// <param name="Count">How many requests.</param>
/// <param name="Last">The last of them.</param>
public sealed record Received(int Count, Seen Last);

/// <summary>All that has come, by the case that each request names in <see cref="CaseHeader"/>.</summary>
public sealed class ReceivedRequests
{
    /// <summary>The header that names a request's case.</summary>
    public const string CaseHeader = "x-case";

    private readonly ConcurrentDictionary<string, Received> _byCase = new();

    /// <summary>Counts a request.</summary>
    /// <returns>How many of its case have come.</returns>
    public int Add(Seen seen) => _byCase.AddOrUpdate(
        seen.Headers.GetValueOrDefault(CaseHeader, ""), new Received(1, seen), (_, before) => new Received(before.Count + 1, seen)).Count;

    /// <summary>What has come of the cases whose name starts so.</summary>
    public IReadOnlyDictionary<string, Received> Of(string prefix) =>
        _byCase.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary();
}
