using System.Net;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What is compared of an outcome, where <see cref="KnownDifferences"/> do not let it be compared as it is.</summary>
internal static partial class Comparison
{
    /// <summary>The addresses that tests send, and no machine has (RFC 5737).</summary>
    private const string OfTests = "203.0.113.";

    /// <summary>A header's value as it is compared: of addresses and identifiers that there is one; null if it is not.</summary>
    public static string? Of(string header, string value) => header switch
    {
        KnownDifferences.ClientCertificate => null,
        "x-request-id" => Guid.TryParse(value, out _) ? "a UUID" : value,
        _ => string.Join(',', value.Split(',', StringSplitOptions.TrimEntries).Select(WithoutAddress)),
    };

    /// <summary>The body of an answer that no application gave.</summary>
    public static string OfWords(string body) => Outside().Replace(body, "");

    private static string WithoutAddress(string value) =>
        IPAddress.TryParse(value, out _) && value.Contains('.') && !IsOfTests(value) ? "an address" : value;

    private static bool IsOfTests(string value) => value.StartsWith(OfTests, StringComparison.Ordinal);

    [GeneratedRegex("^.+ is not a declared Service: the rehearsal lets nothing out of the mesh.*$")]
    private static partial Regex Outside();
}
