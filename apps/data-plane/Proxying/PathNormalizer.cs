using System.Globalization;
using System.Text;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>
/// Istio's default path normalization, BASE: what RFC 3986 calls equal becomes the same, before routes are matched and for the
/// application (envoy path_utility.cc). Slashes are neither merged nor decoded.
/// </summary>
internal static class PathNormalizer
{
    public static string Normalize(string path)
    {
        if (!path.StartsWith('/') || (path.AsSpan().IndexOfAny('%', '\\') < 0 && !path.Contains("/.", StringComparison.Ordinal)))
        {
            return path;
        }

        return RemoveDotSegments(DecodeUnreserved(path.Replace('\\', '/')));
    }

    private static string DecodeUnreserved(string path)
    {
        var decoded = new StringBuilder(path.Length);
        for (var index = 0; index < path.Length; index++)
        {
            if (path[index] == '%'
                && index + 2 < path.Length
                && byte.TryParse(path.AsSpan(index + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                && (char.IsAsciiLetterOrDigit((char)value) || (char)value is '-' or '.' or '_' or '~'))
            {
                decoded.Append((char)value);
                index += 2;
            }
            else
            {
                decoded.Append(path[index]);
            }
        }

        return decoded.ToString();
    }

    /// <summary>RFC 3986, 5.2.4, for a path that starts with a slash.</summary>
    private static string RemoveDotSegments(string path)
    {
        var segments = path.Split('/')[1..];
        var kept = new List<string>();
        foreach (var segment in segments)
        {
            if (segment == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (segment != ".")
            {
                kept.Add(segment);
            }
        }

        if (segments[^1] is "." or "..")
        {
            kept.Add("");
        }

        return "/" + string.Join('/', kept);
    }
}
