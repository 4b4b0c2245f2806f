using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Load;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster;

/// <summary>The promise of a dark launch: whatever the new version does, nobody notices.</summary>
/// <remarks>
/// Every second request of one load names v1 in the preview header: it takes the same way to the same pods, and is never copied. What
/// else the machine does meets both kinds alike, so that no clock decides: if a copy cost its live request anything, more than half of
/// the slowest requests would be copied ones.
/// </remarks>
[Collection(nameof(OneMesh))]
public sealed class HangingMirror(Mesh mesh)
{
    private const string PreviewHeader = "x-gopher-version";
    private const int Requests = 6_000;

    [ClusterFact]
    public async Task A_mirror_that_hangs_neither_delays_nor_fails_a_live_request()
    {
        await mesh.ToAsync("canaryVersion=v2", $"previewHeader={PreviewHeader}");
        await SendAsync("answers");

        await mesh.ToAsync(
            Rendering.Versions(v2: $"{ClusterSettings.StubRepository}:hang"), "canaryVersion=v2", $"previewHeader={PreviewHeader}");
        var hanging = await SendAsync("hangs");

        // The slowest hundredth is what lies beyond the p99 of both kinds together; if theirs is one p99, it holds as many of each.
        var slowest = hanging.Slowest(Requests / 100);
        var (least, most) = ShareTest.Acceptance(slowest.Count, 0.5);
        var copied = slowest.Answers.Count(IsCopied);
        Report.Line($"of the {slowest.Count} slowest beside a mirror that hangs {copied} were copied (bounds {least} and {most})");
        Assert.InRange(copied, least, most);
    }

    private async Task<Recording> SendAsync(string does)
    {
        var batch = await LoadGenerator.BatchAsync(mesh.Gateway, Requests, prepare: (number, request) =>
        {
            if (number % 2 == 1)
            {
                request.Headers.Add(PreviewHeader, "v1");
            }
        });
        Report.Line($"a mirror that {does}: copied {Latencies(batch, copied: true)}, not copied {Latencies(batch, copied: false)}");
        Assert.True(batch.Failed.Count == 0, batch.Failures());
        Assert.All(batch.Answers, answer => Assert.Equal("v1", answer.Version));
        return batch;
    }

    private static bool IsCopied(Answer answer) => answer.Number % 2 == 0;

    private static FormattableString Latencies(Recording batch, bool copied)
    {
        var kind = new Recording([.. batch.Answers.Where(answer => IsCopied(answer) == copied)]);
        return $"p50 {kind.Percentile(0.5).TotalMilliseconds:0} ms, p99 {kind.Percentile(0.99).TotalMilliseconds:0} ms";
    }
}
