using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Stub;
using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What came of a probe: what the caller got and what the application saw.</summary>
internal sealed record Outcome(Reply Reply, Seen? Application)
{
    /// <summary>Timers of an event loop count from when it woke up, which may be a few milliseconds before the request came.</summary>
    private const double Slack = 10;

    private static readonly string[] OfTransport = ["date", "content-length", "transfer-encoding", "connection"];

    public int Status => Reply.Status;

    public string? Version => Application?.Version;

    // A route may remove the header that says what a body is.
    public static Outcome Of(Reply reply) =>
        new(reply, reply.Body.StartsWith("{\"version\":", StringComparison.Ordinal) ? JsonSerializer.Deserialize<Seen>(reply.Body, JsonSerializerOptions.Web) : null);

    /// <summary>All that must be the same on both sides, in one line.</summary>
    /// <param name="atLeast">How many milliseconds the answer takes at least.</param>
    public string Compared(int atLeast)
    {
        var early = Reply.ElapsedMilliseconds < atLeast - Slack ? $" after {Reply.ElapsedMilliseconds:0} ms already" : "";
        var what = Application is null ? $"'{Comparison.OfWords(Reply.Body)}'" : $"by {Describe(Application)}";
        return $"{Status}{early} {what} with {string.Join(", ", Shown())}";
    }

    /// <summary>What an application saw, in one line.</summary>
    public static string Describe(Seen seen) => $"{seen.Version}: {seen.Method} {seen.Target} {string.Join(", ", seen.Headers
        .Select(header => (header.Key, Value: Comparison.Of(header.Key, header.Value)))
        .Where(header => header.Value is not null)
        .OrderBy(header => header.Key, StringComparer.Ordinal)
        .Select(header => $"{header.Key}={header.Value}"))} '{seen.Body}'";

    // What the rehearsal says in words of its own it says as text.
    private IEnumerable<string> Shown() =>
        from header in Reply.Headers
        where !OfTransport.Contains(header.Key) && (header.Key != "content-type" || Comparison.OfWords(Reply.Body) == Reply.Body)
        orderby header.Key
        select header.Key == "x-envoy-upstream-service-time" ? header.Key : $"{header.Key}={header.Value}";
}

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

/// <summary>All known differences: each has a test that it is as it is said here, and a line in docs/real-mesh.md.</summary>
internal static class KnownDifferences
{
    /// <summary>The header of <see cref="Comparison"/> that an application sees on a real mesh only.</summary>
    public const string ClientCertificate = "x-forwarded-client-cert";

    private const string Absent = "absent";

    private const string OneAddress = @"(\d+\.){3}\d+";

    private const string Loopback = @"127\.0\.0\.1";

    private const string Uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    public static IReadOnlyList<KnownDifference> All { get; } =
    [
        new(ClientCertificate, "mutual TLS: the rehearsal speaks plain HTTP on loopback",
            EntryPoint.Gateway, new Probe(), Seen(ClientCertificate), "By=spiffe://.+", Absent),
        new("x-request-id", "new for every request, but where the caller of a sidecar gives one",
            EntryPoint.Gateway, new Probe(), Seen("x-request-id"), Uuid, Uuid),
        new("x-forwarded-for", "callers of the gateway have another address",
            EntryPoint.Gateway, new Probe(), Seen("x-forwarded-for"), OneAddress, Loopback),
        new("x-envoy-external-address", "callers of the gateway have another address",
            EntryPoint.Gateway, new Probe(), Seen("x-envoy-external-address"), OneAddress, Loopback),
        new("the words for a host that the mesh does not know", "the rehearsal says why it lets nothing out",
            EntryPoint.Sidecar, For("unknown.example"), outcome => $"{outcome.Status} {outcome.Reply.Body}",
            "502 ", "502 .*is not a declared Service.*"),
        new("a port that no Service has", "Envoy closes the connection; who asks the rehearsal's http_proxy gets an answer",
            EntryPoint.Sidecar, new Probe { Port = 81 }, outcome => $"{outcome.Status}", "0", "502"),
    ];

    /// <summary>Istio takes it and warns in its log; proxies refuse the table of routes that it is in.</summary>
    public static JsonObject RedirectCode { get; } = new RoutingCase("redirect-code", "[{ redirect: { uri: /new, redirectCode: 304 } }]").VirtualService().Single();

    /// <summary>What Istio takes and the rehearsal refuses by name.</summary>
    public static IReadOnlyList<(string What, JsonObject VirtualService)> Refused { get; } =
    [
        ("a code that no redirect of Envoy has", RedirectCode),
        ("a header whose name is none", new RoutingCase("header-name", To("v1", "headers: { request: { set: { 'x who': a } } },")).VirtualService().Single()),
        ("an expression that only istiod knows", new RoutingCase("long-name", When(@"headers: { x-who: { regex: '\p{Letter}+' } }")).VirtualService().Single()),
        ("a %COMMAND% in a header", new RoutingCase("command", To("v1", "headers: { request: { set: { x-set: '%PROTOCOL%' } } },")).VirtualService().Single()),
    ];

    private static Func<Outcome, string> Seen(string header) => outcome => outcome.Application!.Headers.GetValueOrDefault(header, Absent);
}

/// <summary>What applications or callers see differently in the rehearsal, and why that is left so.</summary>
/// <param name="What">What differs.</param>
/// <param name="Why">Why it is left so.</param>
/// <param name="Entry">By which way the request comes that shows it.</param>
/// <param name="Probe">The request.</param>
/// <param name="Shown">What of its outcome shows it.</param>
/// <param name="OnEnvoy">What it is on Envoy, a regular expression for all of it.</param>
/// <param name="InRehearsal">What it is in the rehearsal, a regular expression for all of it.</param>
internal sealed record KnownDifference(
    string What, string Why, EntryPoint Entry, Probe Probe, Func<Outcome, string> Shown, string OnEnvoy, string InRehearsal);
