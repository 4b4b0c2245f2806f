using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>What is not compared is as it is said to be.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    public static TheoryData<string> Differences => [.. KnownDifferences.All.Select(difference => difference.What)];

    public static TheoryData<string> Refused => [.. KnownDifferences.Refused.Select(item => item.What)];

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

    [ClusterTheory]
    [MemberData(nameof(Refused))]
    public async Task What_only_the_rehearsal_refuses_Istio_takes(string what)
    {
        var item = KnownDifferences.Refused.Single(candidate => candidate.What == what).VirtualService;

        await Kubectl.RunOnAsync([item.ToJsonString()], "create", "--dry-run=server");

        Assert.Throws<UnmodelledFieldException>(() => MeshReader.Read(ComparedObjects.AsManifests([item])));
    }

    [ClusterFact]
    public async Task Proxies_refuse_all_their_routes_for_a_redirect_code_that_the_rehearsal_refuses_by_name()
    {
        var before = await RefusalsAsync();
        var item = KnownDifferences.RedirectCode.ToJsonString();
        await Kubectl.ApplyAsync(item);
        try
        {
            await Eventually.TrueAsync("a proxy has refused routes", async () => await RefusalsAsync() > before);
        }
        finally
        {
            await Kubectl.RunOnAsync([item], "delete");
        }
    }

    /// <summary>How often proxies have refused a configuration, as istiod counts.</summary>
    private static async Task<double> RefusalsAsync() =>
        (await Kubectl.RawAsync("/api/v1/namespaces/istio-system/services/istiod:15014/proxy/metrics")).Split('\n')
            .Where(line => line.StartsWith("pilot_total_xds_rejects{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
}
