using System.Net;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>
/// What applications and callers see differently in the rehearsal, and why that is left so. Each has a test that it is as it is said
/// here, and a line in docs/real-mesh.md.
/// </summary>
internal static partial class KnownDifferences
{
    /// <summary>Of mutual TLS, which the rehearsal, plain HTTP on loopback, does not speak: an application sees it on a real mesh only.</summary>
    public const string ClientCertificate = "x-forwarded-client-cert";

    /// <summary>The addresses that tests send, and no machine has (RFC 5737).</summary>
    private const string OfTests = "203.0.113.";

    /// <summary>A header's value as it is compared; null if it is not.</summary>
    public static string? Compared(string header, string value) => header switch
    {
        ClientCertificate => null,
        // Proxies number a request as they like.
        "x-request-id" => Guid.TryParse(value, out _) ? "a UUID" : value,
        _ => string.Join(',', value.Split(',', StringSplitOptions.TrimEntries).Select(WithoutAddress)),
    };

    /// <summary>The body of an answer that no application gave.</summary>
    public static string Words(string body) => Outside().IsMatch(body) ? "" : body;

    // A caller has another address on each side.
    private static string WithoutAddress(string value) =>
        IPAddress.TryParse(value, out _) && value.Contains('.') && !value.StartsWith(OfTests, StringComparison.Ordinal) ? "an address" : value;

    [GeneratedRegex("^.+ is no declared Service: the rehearsal lets nothing out of the mesh")]
    private static partial Regex Outside();
}
