using GopherMesh.Gopherctl.Statistics;
using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential;

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
