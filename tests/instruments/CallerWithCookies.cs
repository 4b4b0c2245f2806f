using System.Net;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Instruments;

/// <summary>A caller with a cookie jar, as a browser has one. It begins with a cookie of its own, <c>session=mine</c>.</summary>
public sealed partial class CallerWithCookies
{
    private readonly Uri _gateway;
    private readonly CookieContainer _jar = new();
    private readonly List<string> _met = [];

    private CallerWithCookies(Uri gateway)
    {
        _gateway = gateway;
        _jar.Add(gateway, new Cookie("session", "mine"));
    }

    /// <summary>The versions that answered, such as <c>v1</c>; in place of one, the whole of an answer that names none.</summary>
    public IReadOnlyList<string> Met => _met;

    /// <summary>The cookies that the next request will have.</summary>
    public IEnumerable<string> Cookies => _jar.GetCookies(_gateway).Select(cookie => cookie.ToString());

    /// <summary>New callers, each of whom has asked the gateway <paramref name="times"/> times.</summary>
    public static async Task<IReadOnlyList<CallerWithCookies>> NewAsync(Uri gateway, int count, int times = 1)
    {
        List<CallerWithCookies> callers = [.. Enumerable.Range(0, count).Select(_ => new CallerWithCookies(gateway))];
        for (var time = 0; time < times; time++)
        {
            await AskAsync(callers);
        }

        return callers;
    }

    /// <summary>Sends one request of each caller, one after the other, each over a connection of its own.</summary>
    public static async Task AskAsync(IEnumerable<CallerWithCookies> callers)
    {
        foreach (var caller in callers)
        {
            await caller.AskAsync();
        }
    }

    private async Task AskAsync()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = _jar });
        var answer = await client.GetStringAsync(_gateway);
        _met.Add(Version().Match(answer) is { Success: true } version ? $"v{version.Groups[1].Value}" : answer);
    }

    [GeneratedRegex("Gopher Version ([0-9]+)")]
    private static partial Regex Version();
}
