using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Rendered;
using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>A routing configuration and the requests that show what it does.</summary>
/// <param name="Name">Says what is compared; names the VirtualService and its host.</param>
/// <param name="Http">The VirtualService's <c>spec.http</c>, in YAML's flow style; <c>{v1}</c> and the like stand for destinations.</param>
/// <param name="Probes">The requests.</param>
internal sealed record RoutingCase(string Name, string Http, params Probe[] Probes)
{
    /// <summary>The namespace of everything that is compared.</summary>
    public const string Namespace = "gopher-differential";

    /// <summary>The Service behind every route.</summary>
    public const string Echo = $"echo.{Namespace}.svc.cluster.local";

    // Two with a pod each, one with a pod that fails, one that selects no pod, and one that no DestinationRule declares.
    private static readonly string[] Subsets = ["v1", "v2", "pair", "none", "undeclared"];

    public string Host => $"{Name}.test";

    /// <summary>The hosts of the VirtualService; none makes no VirtualService.</summary>
    public string[] Hosts { get; init; } = [$"{Name}.test"];

    /// <summary>The gateways of the VirtualService; <c>mesh</c> is every sidecar.</summary>
    public string[] Gateways { get; init; } = [$"{Namespace}/compared", "mesh"];

    /// <summary>By which ways the requests come.</summary>
    public EntryPoint[] EntryPoints { get; init; } = [EntryPoint.Gateway, EntryPoint.Sidecar];

    public override string ToString() => Name;

    public IEnumerable<JsonObject> VirtualService() => Hosts is [] ? [] :
    [
        DeclaredObject.ToJson($$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: {{Name}}, namespace: {{Namespace}} }
            spec:
              hosts: [{{string.Join(", ", Hosts.Select(host => $"'{host}'"))}}]
              gateways: [{{string.Join(", ", Gateways)}}]
              http: {{Filled().ReplaceLineEndings(" ")}}
            """),
    ];

    private string Filled() => Subsets.Aggregate(Http, (text, subset) =>
        text.Replace($"{{{subset}}}", $"{{ host: {Echo}, subset: {subset} }}", StringComparison.Ordinal));
}

/// <summary>The table of configurations whose outcome is not left to chance.</summary>
internal static class RoutingCases
{
    public static IReadOnlyList<RoutingCase> All { get; } =
    [
        .. MatchCases.All(), .. PathCases.All(), .. HostCases.All(),
        .. FailureCases.All(), .. FaultCases.All(), .. EditCases.All(), .. CopyCases.All(),
    ];

    public static RoutingCase Named(string name) => All.Single(candidate => candidate.Name == name);
}

/// <summary>What of the requests a share is a share of.</summary>
internal enum Counted
{
    /// <summary>Those that v2 answers.</summary>
    AnsweredByV2,

    /// <summary>Those of which v2 gets a copy.</summary>
    CopiedToV2,

    /// <summary>Those that a proxy aborts.</summary>
    Aborted,

    /// <summary>Those that find no pod.</summary>
    WithoutPods,
}

/// <summary>A configuration in which chance decides.</summary>
/// <param name="Routing">The configuration, without requests: all are alike.</param>
/// <param name="Percent">The declared share.</param>
/// <param name="Of">What it is a share of.</param>
internal sealed record ShareCase(RoutingCase Routing, int Percent, Counted Of)
{
    /// <summary>
    /// How many requests are sent: where 1 % is declared so many that none at all is refused (0.99^1,500 is 3 in 10 million), so that
    /// "never" is not taken for it, nor "always" for 99 %.
    /// </summary>
    public int Requests => Percent is 1 or 99 ? 1_500 : 300;

    public bool IsChance => Percent is > 0 and < 100;
}

/// <summary>The table of configurations in which chance decides.</summary>
internal static class ShareCases
{
    /// <summary>Copies everything, so that it is seen when copies have arrived.</summary>
    public static ShareCase AllCopied { get; } = Mirror(100);

    public static IReadOnlyList<ShareCase> All { get; } =
    [
        .. new[] { 0, 1, 33, 50, 99, 100 }.Select(percent => Split("weight", percent, "v1", "v2", Counted.AnsweredByV2)),
        // Chosen once for a request: no retry leads to the other.
        Split("weight-without-pods", 50, "v1", "none", Counted.WithoutPods),
        .. new[] { 0, 1, 50 }.Select(Mirror),
        AllCopied,
        new(new("abort-33", To("v1", "fault: { abort: { percentage: { value: 33 }, httpStatus: 418 } },")), 33, Counted.Aborted),
    ];

    /// <summary>
    /// How often a correct share is refused: once in 10,000 runs of the whole table, by either side and by each way in. 16 counts are
    /// left to chance on each side.
    /// </summary>
    public static double FalseAlarm { get; } =
        ShareTest.FalseAlarm / (2 * All.Where(share => share.IsChance).Sum(share => share.Routing.EntryPoints.Length));

    private static ShareCase Split(string name, int percent, string one, string other, Counted of) => new(
        new($"{name}-{percent}",
            $"[{{ route: [{{ destination: {{{one}}}, weight: {100 - percent} }}, {{ destination: {{{other}}}, weight: {percent} }}] }}]"),
        percent, of);

    private static ShareCase Mirror(int percent) => new(
        new($"mirror-{percent}", To("v1", $"mirror: {{v2}}, mirrorPercentage: {{ value: {percent} }},")), percent, Counted.CopiedToV2);
}

/// <summary>The routes to the distributor as the stack declares them at a dark launch with a preview, led to the echo.</summary>
internal static class OwnRoutes
{
    private const string Preview = "x-gopher-version";

    private static readonly string[] Methods = ["GET", "PUT", "DELETE", "POST", "PATCH"];

    private static readonly string[] Behaviours = ["x-own: a", "x-fail-first: 2", "x-fail-first: 3", "x-status: 500"];

    private static readonly string[] Values = ["v1", "v2", "v3", "V2"];

    /// <summary>Renders them, and says what is asked of them.</summary>
    public static async Task<RoutingCase> DeclaredAsync()
    {
        var rendering = await Rendering.OfAsync("canaryVersion=v2", $"previewHeader={Preview}");
        var declared = rendering.Single("VirtualService", "gopher-distributor").Body["spec"]!;
        var http = declared["http"]!.ToJsonString().Replace((string)declared["hosts"]![0]!, RoutingCase.Echo, StringComparison.Ordinal);
        return new RoutingCase("own", http, [.. Requests()]);
    }

    private static IEnumerable<Probe> Requests() =>
    [
        .. from method in Methods
           from header in Behaviours
           select new Probe { Method = method, Headers = [header], Body = method is "GET" or "DELETE" ? "" : "a=1" },
        .. Values.Select(value => new Probe { Headers = [$"{Preview}: {value}"] }),
        new Probe { Headers = [$"{Preview}: v2", "x-fail-first: 1"] },
        new Probe { Method = "POST", Headers = [$"{Preview}: v2"], Body = "a=1" },
    ];
}
