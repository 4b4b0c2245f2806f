using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Routing;

/// <summary>A route, prepared for one proxy and port; VirtualService is null for a Service's own route.</summary>
internal sealed record Route(
    ObjectName? VirtualService,
    string Name,
    RouteMatcher Match,
    RouteAction Action,
    FaultInjection? Fault,
    HeaderOperations Headers);

/// <summary>What a route does.</summary>
internal abstract record RouteAction;

/// <summary>Sends requests on: to clusters with weights above 0, or to a single one. Authority is the new Host, null leaves it to the cluster.</summary>
internal sealed record ForwardAction(
    WeightedCluster[] Clusters,
    MirrorCluster[] Mirrors,
    PathRewrite? Rewrite,
    string? Authority,
    TimeSpan? Timeout,
    RetryPolicy Retries) : RouteAction
{
    public uint TotalWeight { get; } = (uint)Clusters.Sum(cluster => cluster.Weight);
}

/// <summary>A cluster, named as Istio names it, its weight, and header operations of its own.</summary>
internal sealed record WeightedCluster(string Cluster, uint Weight, HeaderOperations Headers);

/// <summary>A cluster that gets copies of <paramref name="Percentage"/> (0 to 100, above 0) of the requests.</summary>
internal sealed record MirrorCluster(string Cluster, double Percentage);

/// <summary>Answers with a redirect.</summary>
internal sealed record RedirectAction(HttpRedirect Redirect, PathRewrite? Rewrite, int ListenPort) : RouteAction;

/// <summary>Answers without forwarding the request.</summary>
internal sealed record DirectAction(DirectResponse Response) : RouteAction;

/// <summary>
/// Replaces what the route matched of the path: the prefix, or the whole path after an exact or regular-expression match
/// (envoy route_config_impl.cc, finalizePathHeader), or everything that a regular expression finds.
/// </summary>
internal sealed class PathRewrite
{
    private readonly string _replacement;
    private readonly int? _prefixLength;
    private readonly Re2Replacement? _regex;

    private PathRewrite(string replacement, int? prefixLength, Re2Replacement? regex) =>
        (_replacement, _prefixLength, _regex) = (replacement, prefixLength, regex);

    public static PathRewrite OfMatch(StringMatch? uri, string replacement) => new(
        replacement,
        uri switch
        {
            { Kind: StringMatchKind.Prefix } => uri.Pattern.Length,
            { Kind: StringMatchKind.Exact or StringMatchKind.Regex } => null,
            _ => 1,
        },
        null);

    public static PathRewrite OfRegex(Re2Replacement regex) => new("", null, regex);

    public string Apply(string path) =>
        _regex is not null ? _regex.Apply(path)
        : _prefixLength is { } length ? string.Concat(_replacement, path.AsSpan(Math.Min(length, path.Length)))
        : _replacement;
}
