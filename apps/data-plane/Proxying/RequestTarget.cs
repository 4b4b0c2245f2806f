namespace GopherMesh.DataPlane.Proxying;

/// <summary>Takes a request's target apart without decoding it: applications get the bytes that were sent.</summary>
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
}
