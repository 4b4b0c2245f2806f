using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Observability;

/// <summary>What tells one configuration from another in a label, which has room for 63 characters.</summary>
internal static class Checksum
{
    /// <summary>The first half of the SHA-256 of a line for each value, as <c>.map.list.0=value</c>, in the order of the lines.</summary>
    public static string Of(Map configuration)
    {
        var lines = string.Join('\n', Lines("", configuration).Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..32];
    }

    private static IEnumerable<string> Lines(string path, object value) => value switch
    {
        Map map => map.SelectMany(member => Lines($"{path}.{member.Key}", member.Value)),
        object[] list => list.SelectMany((element, index) => Lines($"{path}.{index}", element)),
        _ => [string.Create(CultureInfo.InvariantCulture, $"{path}={value}")],
    };
}
