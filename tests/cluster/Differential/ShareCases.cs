using GopherMesh.Gopherctl.Statistics;
using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential;

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
