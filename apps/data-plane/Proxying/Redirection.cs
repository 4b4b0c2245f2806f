using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Writes the Location of redirects (istio route.go, ApplyRedirect; envoy route_config_impl.cc, newUri).</summary>
internal static class Redirection
{
    /// <summary>To the same address on https (envoy http utility.cc, createSslRedirectPath).</summary>
    public static string ToHttps(Exchange exchange) => $"https://{exchange.Authority}{exchange.PathAndQuery}";

    /// <summary>To the requested URL itself.</summary>
    public static string ToItself(Exchange exchange) => $"{exchange.Scheme}://{exchange.Authority}{exchange.PathAndQuery}";

    public static string Location(RedirectAction action, Exchange request)
    {
        var redirect = action.Redirect;
        var scheme = redirect.Scheme.Length > 0 ? redirect.Scheme : request.Scheme;
        var path = redirect.Uri.Length > 0 ? redirect.Uri : action.Rewrite?.Apply(request.Path) ?? request.Path;
        var query = path.Contains('?', StringComparison.Ordinal) ? "" : request.QueryPart;
        return $"{scheme}://{HostAndPort(action, request, scheme)}{path}{query}";
    }

    private static string HostAndPort(RedirectAction action, IRouteRequest request, string scheme)
    {
        var redirect = action.Redirect;
        var host = redirect.Authority.Length > 0 ? redirect.Authority : WithoutDefaultPort(request, scheme);
        var port = redirect.KeepPort ? action.ListenPort : redirect.Port;
        return port is null || (port, scheme) is (80, "http") or (443, "https")
            ? host
            : $"{HostName.WithoutPort(host)}:{port}";
    }

    /// <summary>A change of scheme drops the old scheme's default port.</summary>
    private static string WithoutDefaultPort(IRouteRequest request, string scheme) => (request.Scheme, scheme) switch
    {
        ("http", "https") when request.Authority.EndsWith(":80", StringComparison.Ordinal) => request.Authority[..^3],
        ("https", "http") when request.Authority.EndsWith(":443", StringComparison.Ordinal) => request.Authority[..^4],
        _ => request.Authority,
    };
}
