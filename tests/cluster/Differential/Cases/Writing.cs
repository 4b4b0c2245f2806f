namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>How the tables are written.</summary>
internal static class Writing
{
    /// <summary>Routes to v2 what meets one of the matches (each the fields of an HTTPMatchRequest), and the rest to v1.</summary>
    public static string When(params string[] matches) =>
        $"[{{ match: [{string.Join(", ", matches.Select(match => $"{{ {match} }}"))}], {Route("v2")} }}, {{ {Route("v1")} }}]";

    /// <summary>Routes everything to one subset; the policies are more fields of the HTTPRoute, each of them closed by a comma.</summary>
    public static string To(string subset, string policies = "") => $"[{{ {policies} {Route(subset)} }}]";

    public static Probe At(string path) => new() { Path = path };

    public static Probe For(string host) => new() { Host = host };

    public static Probe With(params string[] headers) => new() { Headers = headers };

    private static string Route(string subset) => $"route: [{{ destination: {{{subset}}} }}]";
}
