using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;

namespace GopherMesh.DataPlane;

/// <summary>What a data plane is started with.</summary>
public sealed record DataPlaneOptions
{
    /// <summary>The seed that repeats every random choice, for requests that come one after another; null for other choices in each run.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Called for every request; null for none.</summary>
    public IRequestObserver? Observer { get; init; }

    /// <summary>The clock of ejections.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The gateway's pod, as routes and reports see it.</summary>
    public PodIdentity GatewayPod { get; init; } = PodIdentity.IngressGateway;
}

/// <summary>Observes nothing.</summary>
internal sealed class NoObserver : IRequestObserver
{
    public void OnRequest(in RequestReport report)
    {
    }
}
