using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>What all proxies of a data plane share.</summary>
internal sealed record ProxyServices(
    IRandomSource Random, TimeProvider Time, IRequestObserver Observer, Defects Defects, CancellationToken Stopping);
