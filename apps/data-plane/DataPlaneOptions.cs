using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;

namespace GopherMesh.DataPlane;

/// <summary>What a data plane is started with.</summary>
public sealed record DataPlaneOptions
{
    /// <summary>Repeats every choice of chance for requests that come one after another; null for a run that is new each time.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Told of every request; null for no one.</summary>
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
