using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What is not compared is as it is said to be.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    public static TheoryData<string> Differences => [.. KnownDifferences.All.Select(difference => difference.What)];

    [ClusterTheory]
    [MemberData(nameof(Differences))]
    public async Task What_is_known_to_differ_differs(string what)
    {
        var difference = KnownDifferences.All.Single(candidate => candidate.What == what);
        var host = RoutingCases.Named(EditCases.Plain).Host;
        List<string> shown = [];
        foreach (var side in sides.Both)
        {
            var replies = await side.SendAsync(difference.Entry, difference.Probe, host, "difference");
            shown.Add(difference.Shown(Outcome.Of(replies[0])));
        }

        Assert.Matches($"^(?:{difference.OnEnvoy})$", shown[0]);
        Assert.Matches($"^(?:{difference.InRehearsal})$", shown[1]);
        Assert.NotEqual(shown[0], shown[1]);
    }
}
