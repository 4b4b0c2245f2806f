using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>Prepares the routes of VirtualServices for one proxy and port (istio pilot/pkg/networking/core/route/route.go).</summary>
/// <param name="Proxy">The proxy that the routes are for.</param>
/// <param name="GatewayName">What the proxy is bound to: <c>mesh</c> or <c>namespace/name</c>.</param>
/// <param name="ListenPort">The port that requests come to.</param>
/// <param name="Services">The Services by host, to find the port of a destination.</param>
internal sealed record RouteBuilder(PodIdentity Proxy, string GatewayName, int ListenPort, IReadOnlyDictionary<string, Service> Services)
{
    /// <summary>The routes in order of precedence; what comes after a match-all is left out, and so is what this proxy or port excludes.</summary>
    public IReadOnlyList<Route> Build(VirtualService virtualService)
    {
        var routes = new List<Route>();
        foreach (var http in virtualService.Http)
        {
            foreach (var match in http.Matches.Count == 0 ? [null] : http.Matches.Cast<HttpMatch?>())
            {
                if (Applies(match))
                {
                    routes.Add(Build(virtualService.Name, http, match));
                }

                if (routes is [.., { Match.IsCatchAll: true }])
                {
                    return routes;
                }
            }
        }

        return routes;
    }

    /// <summary>Port, gateways and source are known beforehand (TranslateRoute, sourceMatchHTTP).</summary>
    private bool Applies(HttpMatch? match) => match is null
        || ((match.Port is null || match.Port == ListenPort)
            && (match.Gateways.Count > 0
                ? match.Gateways.Contains(GatewayName)
                : IsSource(match)));

    private bool IsSource(HttpMatch match) =>
        match.SourceLabels.All(label => Proxy.Labels.TryGetValue(label.Key, out var value) && value == label.Value)
        && (match.SourceNamespace is null or "" || match.SourceNamespace == Proxy.Namespace);

    private Route Build(ObjectName owner, HttpRoute http, HttpMatch? match)
    {
        var matcher = new RouteMatcher(match);
        // A single destination's operations are those of its route (route.go, processDestination), unless a direct response of the route that
        // delegates takes the place of the destination.
        var headers = http is { DirectResponse: null, Destinations: [var only] } ? http.Headers.With(only.Headers) : http.Headers;
        RouteAction action = http switch
        {
            { Redirect: { } redirect } => new RedirectAction(redirect, RewriteOf(redirect, matcher.Uri), ListenPort),
            { DirectResponse: { } response } => new DirectAction(response),
            _ => Forward(http, matcher.Uri, headers),
        };
        var name = match is { Name.Length: > 0 } ? $"{http.Name}.{match.Name}" : http.Name;
        return new(owner, name, matcher, action, http.Fault, headers);
    }

    private ForwardAction Forward(HttpRoute http, StringMatch? uri, HeaderOperations headers)
    {
        var destinations = http.Destinations is [var only]
            ? [only with { Headers = HeaderOperations.None }]
            : http.Destinations.Where(destination => destination.Weight > 0);
        return new(
            [.. destinations.Select(target => new WeightedCluster(ClusterOf(target.Destination), (uint)target.Weight, target.Headers))],
            [.. http.Mirrors.Where(mirror => mirror.Percentage > 0).Select(mirror => new MirrorCluster(ClusterOf(mirror.Destination), mirror.Percentage))],
            RewriteOf(http.Rewrite, uri),
            http.Rewrite?.Authority ?? headers.Request.Authority,
            http.Timeout,
            http.Retries);
    }

    private string ClusterOf(Destination destination) => ClusterName.Of(destination, Services, ListenPort);

    private static PathRewrite? RewriteOf(HttpRewrite? rewrite, StringMatch? uri) => rewrite switch
    {
        { Regex: { } regex } => PathRewrite.OfRegex(new(regex, rewrite.Substitution ?? "")),
        { Uri: { } path } => PathRewrite.OfMatch(uri, path),
        _ => null,
    };

    private static PathRewrite? RewriteOf(HttpRedirect redirect, StringMatch? uri) =>
        redirect.PrefixRewrite.Length > 0 ? PathRewrite.OfMatch(uri, redirect.PrefixRewrite) : null;
}
