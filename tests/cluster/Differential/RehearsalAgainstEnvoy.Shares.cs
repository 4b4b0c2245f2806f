using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>Where chance decides.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    public static TheoryData<string, EntryPoint> Shares => Of(ShareCases.All.Select(share => share.Routing));

    [ClusterTheory]
    [MemberData(nameof(Shares))]
    public async Task Both_keep_the_declared_share(string name, EntryPoint entry)
    {
        var share = ShareCases.All.Single(candidate => candidate.Routing.Name == name);
        var (low, high) = ShareTest.Acceptance(share.Requests, share.Percent / 100.0, ShareCases.FalseAlarm);
        Assert.True(!share.IsChance || (low > 0 && high < share.Requests), "neither never nor always is the declared share");
        foreach (var side in sides.Both)
        {
            var count = await CountAsync(side, share, entry);
            Assert.True(count >= low && count <= high, $"{side.Name}: {count} of {share.Requests}, which should be from {low} to {high}");
        }
    }

    private static async Task<int> CountAsync(ISide side, ShareCase share, EntryPoint entry)
    {
        var id = $"{share.Routing.Name}/{entry}";
        var replies = await side.SendAsync(entry, new Probe(), share.Routing.Host, id, share.Requests);
        var outcomes = replies.Select(Outcome.Of).ToList();
        int[] expected = share.Of switch
        {
            Counted.Aborted => [200, 418],
            Counted.WithoutPods => [200, 503],
            _ => [200],
        };
        Assert.All(outcomes, outcome => Assert.Contains(outcome.Status, expected));
        if (share.Of != Counted.CopiedToV2)
        {
            return outcomes.Count(outcome => share.Of == Counted.AnsweredByV2 ? outcome.Version == "v2" : outcome.Status == expected[1]);
        }

        Assert.All(outcomes, outcome => Assert.Equal("v1", outcome.Version));
        await Receipts.CopiesArrivedAsync(side, entry, share.Routing.Name);
        return (await Receipts.OfAsync(side, "v2", id)).Values.Sum(received => received.Count);
    }
}
