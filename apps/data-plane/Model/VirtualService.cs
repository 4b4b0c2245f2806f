using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Model;

/// <summary>An Istio VirtualService with its names resolved: hosts fully qualified, gateways <c>mesh</c> or <c>namespace/name</c>.</summary>
internal sealed record VirtualService(
    ObjectName Name,
    IReadOnlyList<string> Hosts,
    IReadOnlyList<string> Gateways,
    IReadOnlyList<HttpRoute> Http)
{
    /// <summary>The name that means every sidecar (istio pkg/config/constants, IstioMeshGateway).</summary>
    public const string Mesh = "mesh";
}

/// <summary>One entry of <c>spec.http</c>: the first whose match holds decides.</summary>
internal sealed record HttpRoute
{
    public string Name { get; init; } = "";

    /// <summary>Alternatives; none means every request.</summary>
    public IReadOnlyList<HttpMatch> Matches { get; init; } = [];

    public IReadOnlyList<RouteDestination> Destinations { get; init; } = [];

    public HttpRedirect? Redirect { get; init; }

    public DirectResponse? DirectResponse { get; init; }

    public HttpRewrite? Rewrite { get; init; }

    /// <summary>For the whole exchange, retries included; null is no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    public RetryPolicy Retries { get; init; } = RetryPolicy.Default;

    public FaultInjection? Fault { get; init; }

    public IReadOnlyList<Mirror> Mirrors { get; init; } = [];

    public HeaderOperations Headers { get; init; } = HeaderOperations.None;
}

/// <summary>Where requests go; Port null lets the Service decide.</summary>
internal sealed record Destination(string Host, string? Subset, int? Port);

/// <summary>A destination and its share of the sum of the weights.</summary>
internal sealed record RouteDestination(Destination Destination, int Weight, HeaderOperations Headers);

/// <summary>A destination that gets copies.</summary>
/// <param name="Destination">Where the copies go.</param>
/// <param name="Percentage">0 to 100; Istio takes 100 where it is not written.</param>
internal sealed record Mirror(Destination Destination, double Percentage);
