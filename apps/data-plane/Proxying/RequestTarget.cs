namespace GopherMesh.DataPlane.Proxying;

/// <summary>Takes a request line's target apart without decoding it: applications get the bytes that were sent.</summary>
internal static class RequestTarget
{
    /// <summary>Path and query (without its question mark) of an origin-form or, as proxies get it, absolute-form target.</summary>
    public static (string Path, string Query) Parse(string target)
    {
        var rest = target.AsSpan();
        var scheme = rest.IndexOf("://", StringComparison.Ordinal);
        if (!rest.StartsWith('/') && scheme > 0)
        {
            rest = rest[(scheme + 3)..];
            var path = rest.IndexOfAny('/', '?');
            rest = path < 0 ? "/" : rest[path] == '?' ? $"/{rest[path..]}" : rest[path..];
        }

        var question = rest.IndexOf('?');
        var pathOnly = question < 0 ? rest : rest[..question];
        var query = question < 0 ? "" : rest[(question + 1)..].ToString();
        return (PathNormalizer.Normalize(pathOnly.Length == target.Length ? target : pathOnly.ToString()), query);
    }
}
