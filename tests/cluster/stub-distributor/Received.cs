using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.Tests.Stub;

/// <summary>What of a case has come to an application: copies, whose answers nobody sees, and tries are there, too.</summary>
/// <param name="Count">How many requests.</param>
/// <param name="Last">The last of them; a copy rather than the original that races it.</param>
public sealed record Received(int Count, Seen Last);

/// <summary>All that has come, by the case that each request names in <see cref="CaseHeader"/>.</summary>
public sealed class ReceivedRequests
{
    /// <summary>The header that names a request's case.</summary>
    public const string CaseHeader = "x-case";

    private readonly ConcurrentDictionary<string, Received> _byCase = new();

    /// <summary>Counts a request.</summary>
    /// <returns>How many of its case have come.</returns>
    public int Add(Seen seen) => _byCase.AddOrUpdate(
        seen.Headers.GetValueOrDefault(CaseHeader, ""), new Received(1, seen), (_, before) => new Received(before.Count + 1, Later(before.Last, seen))).Count;

    /// <summary>What has come of the cases whose name starts so.</summary>
    public IReadOnlyDictionary<string, Received> Of(string prefix) =>
        _byCase.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary();

    // A gateway adds an address to a request, and one more to a copy of it.
    private static Seen Later(Seen before, Seen seen) => Addresses(before) > Addresses(seen) ? before : seen;

    private static int Addresses(Seen seen) => seen.Headers.GetValueOrDefault("x-forwarded-for", "").Split(',').Length;
}

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

/// <summary>A request that is sent exactly as it is written: no library normalizes its target, orders its headers or adds some.</summary>
/// <param name="Host">The host that is dialled, by plain TCP.</param>
/// <param name="Port">The port that is dialled.</param>
/// <param name="Method">E.g. GET.</param>
/// <param name="Target">What stands in the request line: a path and query, or for a proxy a whole address.</param>
/// <param name="HeaderLines">Each <c>name: value</c>, the Host among them; a length is added where there is a body.</param>
/// <param name="Body">The body, in ASCII; empty for none.</param>
public sealed record Question(string Host, int Port, string Method, string Target, IReadOnlyList<string> HeaderLines, string Body = "")
{
    /// <summary>How often it is sent, ten at a time.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The bytes of the request, as text.</summary>
    public string Text()
    {
        IEnumerable<string> length = Body.Length == 0 ? [] : [$"content-length: {Body.Length}"];
        return string.Join("\r\n", [$"{Method} {Target} HTTP/1.1", .. HeaderLines, .. length, "", Body]);
    }
}
