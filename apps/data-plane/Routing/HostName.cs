using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>Hosts and wildcards such as <c>*.example.com</c> (istio pkg/config/host/name.go and names.go).</summary>
internal static class HostName
{
    public static bool IsWildcard(string host) => host.StartsWith('*');

    /// <summary>Whether <paramref name="other"/> covers every name that <paramref name="host"/> covers.</summary>
    public static bool IsSubsetOf(string host, string other) => (IsWildcard(host), IsWildcard(other)) switch
    {
        (true, true) => host.Length >= other.Length && host.AsSpan(1).EndsWith(other.AsSpan(1), StringComparison.Ordinal),
        (true, false) => false,
        (false, true) => host.AsSpan().EndsWith(other.AsSpan(1), StringComparison.Ordinal),
        (false, false) => host == other,
    };

    /// <summary>The hosts that both sides cover, as the more specific side writes them.</summary>
    public static IReadOnlyList<string> Intersection(IEnumerable<string> hosts, IReadOnlyList<string> others)
    {
        var common = new List<string>();
        foreach (var host in hosts)
        {
            foreach (var other in others)
            {
                var covered = IsSubsetOf(host, other) ? host : IsSubsetOf(other, host) ? other : null;
                if (covered is not null && !common.Contains(covered))
                {
                    common.Add(covered);
                }
            }
        }

        return common;
    }

    /// <summary>Of the keys that cover <paramref name="host"/> the most specific: itself, else the longest wildcard; null if none does.</summary>
    public static string? MostSpecific(string host, IEnumerable<string> candidates) => candidates
        .Where(candidate => candidate == host || (IsWildcard(candidate) && IsSubsetOf(host, candidate)))
        .OrderBy(IsWildcard)
        .ThenByDescending(candidate => candidate.Length)
        .FirstOrDefault();

    /// <summary>The host without the port, which Istio ignores when it looks for a virtual host (ignore_port_in_host_matching).</summary>
    public static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon < 0 || authority[colon..].Contains(']') ? authority : authority[..colon];
    }
}

/// <summary>Names of clusters (istio pilot/pkg/model/service.go, BuildSubsetKey).</summary>
internal static class ClusterName
{
    public static string Outbound(string host, int port, string? subset) => $"outbound|{port}|{subset}|{host}";

    /// <summary>
    /// The cluster of a destination: its own port; else, where <paramref name="services"/> know the host with one port only, that one;
    /// else the port that the request came to (route.go, GetDestinationCluster).
    /// </summary>
    public static string Of(Destination destination, IReadOnlyDictionary<string, Service> services, int listenPort)
    {
        var port = destination.Port
            ?? (services.TryGetValue(destination.Host, out var service) && service.Ports is [var only] ? only.Number : listenPort);
        return Outbound(destination.Host, port, destination.Subset);
    }
}
