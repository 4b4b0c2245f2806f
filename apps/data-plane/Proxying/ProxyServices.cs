using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using Yarp.ReverseProxy.Forwarder;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>What all proxies of a data plane share.</summary>
internal sealed record ProxyServices(
    IHttpForwarder Forwarder, IRandomSource Random, TimeProvider Time, IRequestObserver Observer, Defects Defects, CancellationToken Stopping);
