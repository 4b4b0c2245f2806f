using System.Collections.Frozen;

namespace GopherMesh.DataPlane.Routing;

/// <summary>The virtual hosts of one port, found as Envoy finds them: exact, then the longest wildcard, then <c>*</c>; case is ignored.</summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, VirtualHost>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly (string Suffix, VirtualHost Host)[] _wildcards;

    public RouteTable(IEnumerable<(string Domain, VirtualHost Host)> domains)
    {
        var all = domains.ToList();
        _exact = all
            .Where(entry => !HostName.IsWildcard(entry.Domain))
            .ToFrozenDictionary(entry => entry.Domain, entry => entry.Host, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        _wildcards =
        [
            .. all.Where(entry => HostName.IsWildcard(entry.Domain))
                .Select(entry => (entry.Domain[1..], entry.Host))
                .OrderByDescending(entry => entry.Item1.Length),
        ];
    }

    /// <summary>The virtual host for a Host header, whose port is ignored; null if there is none.</summary>
    public VirtualHost? Find(string authority)
    {
        var host = HostName.WithoutPort(authority);
        if (_exact.TryGetValue(host, out var exact))
        {
            return exact;
        }

        foreach (var (suffix, virtualHost) in _wildcards)
        {
            // Envoy's * matches at least one character, unless the host is * alone.
            if (suffix.Length == 0 || (host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)))
            {
                return virtualHost;
            }
        }

        return null;
    }
}

/// <summary>Routes of which the first that matches is taken.</summary>
/// <param name="Routes">In order of precedence.</param>
/// <param name="RequiresTls">Plain requests are redirected to https (require_tls ALL).</param>
internal sealed record VirtualHost(IReadOnlyList<Route> Routes, bool RequiresTls)
{
    public Route? Find(IRouteRequest request)
    {
        for (var index = 0; index < Routes.Count; index++)
        {
            if (Routes[index].Match.Matches(request))
            {
                return Routes[index];
            }
        }

        return null;
    }
}
