namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What an application sees differently in the rehearsal, and why that is left so.</summary>
internal static class KnownDifferences
{
    /// <summary>Headers that are not compared, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Headers { get; } = new Dictionary<string, string>
    {
        ["x-request-id"] = "new for every request",
        ["x-forwarded-for"] = "the caller's address, which is another one on each side",
        ["x-envoy-internal"] = "follows from the caller's address",
        ["x-envoy-external-address"] = "follows from the caller's address",
        ["x-forwarded-client-cert"] = "mutual TLS: the rehearsal speaks plain HTTP on loopback",
        ["x-b3-traceid"] = "new for every request",
        ["x-b3-spanid"] = "new for every request",
        ["x-b3-parentspanid"] = "new for every request",
        ["x-b3-sampled"] = "chance",
        ["traceparent"] = "new for every request",
    };

    /// <summary>Headers that one side has and the other has not.</summary>
    public static IReadOnlyList<string> MissingNames { get; } = ["x-forwarded-client-cert"];

    /// <summary>
    /// Several values of a header come from Envoy as lines of their own and from the rehearsal in one line, joined by a comma and a
    /// blank, as .NET's client sends them. Both mean the same (RFC 9110, section 5.3).
    /// </summary>
    public static string WithoutFolding(string value) => value.Replace(", ", ",", StringComparison.Ordinal);
}
