using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.Tests.Stub;

/// <summary>A request as the application sees it behind its proxy.</summary>
/// <param name="Version">The version that answers, from <c>VERSION</c>.</param>
/// <param name="Method">E.g. GET.</param>
/// <param name="Target">Path and query, as they came.</param>
/// <param name="Headers">Names in lower case, each with its values joined by a comma.</param>
/// <param name="Body">The body.</param>
public sealed record Seen(string Version, string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>Reads the whole request.</summary>
    public static async Task<Seen> FromAsync(HttpContext context, string version)
    {
        using var body = new StreamReader(context.Request.Body);
        return new Seen(
            version,
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString()),
            await body.ReadToEndAsync());
    }
}
