using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential.Sides;

/// <summary>One of the two that are compared.</summary>
internal interface ISide : IAsyncDisposable
{
    /// <summary>What failures call it.</summary>
    string Name { get; }

    /// <summary>Sends a probe by one way into the mesh.</summary>
    /// <param name="entry">The way.</param>
    /// <param name="probe">The request.</param>
    /// <param name="host">The host header, unless the probe has one of its own.</param>
    /// <param name="id">What the application counts it as.</param>
    /// <param name="times">How often.</param>
    Task<IReadOnlyList<Reply>> SendAsync(EntryPoint entry, Probe probe, string host, string id, int times = 1);

    /// <summary>Sends many requests, several at a time.</summary>
    /// <returns>Their replies in the same order.</returns>
    Task<IReadOnlyList<Reply>> SendAllAsync(IReadOnlyList<Sending> sendings);
}

/// <summary>A request with its own host header, the way that it takes, and what the application counts it as.</summary>
internal sealed record Sending(EntryPoint Entry, Probe Probe, string Id);
