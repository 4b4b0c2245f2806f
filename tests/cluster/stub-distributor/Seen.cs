namespace GopherMesh.Tests.Stub;

/// <summary>A request as the application sees it behind its proxy.</summary>
/// <param name="Version">The version that answers, from <c>VERSION</c>.</param>
/// <param name="Method">E.g. GET.</param>
/// <param name="Target">Path and query, as they came.</param>
/// <param name="Headers">Names in lower case, each with its values joined by a comma.</param>
public sealed record Seen(string Version, string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public static Seen From(HttpContext context, string version) => new(
        version,
        context.Request.Method,
        context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget,
        context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()));
}
