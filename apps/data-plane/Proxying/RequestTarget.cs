using System.Buffers;
using System.Globalization;
using System.Text;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Splits a request's target without decoding it: applications get the bytes that were sent.</summary>
internal static class RequestTarget
{
    /// <summary>The path, normalized, and the query without its question mark.</summary>
    public static (string Path, string Query) Parse(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0
            ? (PathNormalizer.Normalize(target), "")
            : (PathNormalizer.Normalize(target[..question]), target[(question + 1)..]);
    }

    /// <summary>A target that a proxy has written, as the proxy of its destination makes it.</summary>
    public static string Normalize(string target)
    {
        var (path, query) = Parse(target);
        return target.Contains('?', StringComparison.Ordinal) ? $"{path}?{query}" : path;
    }
}

/// <summary>
/// Istio's default path normalization, BASE: what RFC 3986 calls equal becomes the same, before routes are matched and for the
/// application (envoy path_utility.cc). Slashes are neither merged nor decoded.
/// </summary>
internal static class PathNormalizer
{
    private static readonly SearchValues<char> Encoded = SearchValues.Create("\"<>^`{|}");

    private static readonly SearchValues<char> Special = SearchValues.Create("\"<>^`{|}%\\.");

    public static string Normalize(string path)
    {
        if (!path.StartsWith('/') || !path.AsSpan().ContainsAny(Special))
        {
            return path;
        }

        return RemoveDotSegments(Encode(DecodeUnreserved(path.Replace('\\', '/'))));
    }

    /// <summary>Envoy refuses such a path.</summary>
    public static bool HasNul(string path) => path.Contains("%00", StringComparison.Ordinal);

    /// <summary>Escapes the characters that no path may contain unescaped (googleurl, url_canon_path.cc).</summary>
    private static string Encode(string path)
    {
        if (!path.AsSpan().ContainsAny(Encoded))
        {
            return path;
        }

        var encoded = new StringBuilder(path.Length + 16);
        foreach (var character in path)
        {
            _ = Encoded.Contains(character) ? encoded.Append(CultureInfo.InvariantCulture, $"%{(int)character:X2}") : encoded.Append(character);
        }

        return encoded.ToString();
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
            // Parameters do not change what two dots mean.
            var name = segment.Split(';', 2)[0];
            if (name == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (name != ".")
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
