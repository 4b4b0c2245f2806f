using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Differential.Cases;
using GopherMesh.Tests.Cluster.Differential.Generated;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The rehearsal is worth what it has in common with Envoy: the same requests, the same routing, the same outcome.</summary>
[Collection(nameof(OneMesh))]
public sealed class RehearsalAgainstEnvoy(TwoSides sides) : IClassFixture<TwoSides>
{
    // TrafficPolicies.Default ejects a pod after five failures in a row, of which it knows when it has answered them.
    private const int Failures = 5;

    public static TheoryData<string, EntryPoint> Cases => Of(RoutingCases.All);

    public static TheoryData<string> Differences => [.. KnownDifferences.All.Select(difference => difference.What)];

    public static TheoryData<string> Refused => [.. KnownDifferences.Refused.Select(item => item.What)];

    public static TheoryData<string> Raw => RawCase.Names;

    public static TheoryData<string, EntryPoint> Shares => Of(ShareCases.All.Select(share => share.Routing));

    [ClusterTheory]
    [MemberData(nameof(Cases))]
    public Task Both_have_the_same_outcome(string name, EntryPoint entry) => SameAsync(RoutingCases.Named(name), entry);

    [ClusterTheory]
    [InlineData(EntryPoint.Gateway)]
    [InlineData(EntryPoint.Sidecar)]
    public Task Both_obey_the_stacks_own_routes_alike(EntryPoint entry) => SameAsync(sides.Own, entry);

    private async Task SameAsync(RoutingCase routing, EntryPoint entry)
    {
        var envoy = await CaseRun.OfAsync(sides.Envoy, routing, entry);
        var rehearsal = await CaseRun.OfAsync(sides.Rehearsal, routing, entry);
        Assert.True(envoy == rehearsal, Differing(envoy, rehearsal));
    }

    private static string Differing(string envoy, string rehearsal)
    {
        var (one, other) = (envoy.Split('\n'), rehearsal.Split('\n'));
        return string.Join('\n',
            ["", .. one.Except(other).Select(line => $"Envoy: {line}"), .. other.Except(one).Select(line => $"rehearsal: {line}")]);
    }

    private static TheoryData<string, EntryPoint> Of(IEnumerable<RoutingCase> cases)
    {
        var data = new TheoryData<string, EntryPoint>();
        foreach (var routing in cases)
        {
            foreach (var entry in routing.EntryPoints)
            {
                data.Add(routing.Name, entry);
            }
        }

        return data;
    }

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

    [ClusterTheory]
    [MemberData(nameof(Raw))]
    public async Task Both_do_the_same_with_bytes_that_no_client_sends(string name)
    {
        var raw = RawCase.All.Single(candidate => candidate.Name == name);
        foreach (var side in sides.Both)
        {
            Assert.Equal((side.Name, raw.Expected), (side.Name, await raw.OutcomeAsync(side)));
        }
    }

    [ClusterFact]
    public async Task Both_leave_out_one_of_two_pods_once_it_fails()
    {
        foreach (var side in sides.Both)
        {
            // A pod is picked half the time: fewer than five times of 60 once in 10^12.
            var before = await side.SendAsync(EntryPoint.Sidecar, new Probe(), EjectionCase.Routing.Host, "ejection", times: 60);
            var after = await side.SendAsync(EntryPoint.Sidecar, new Probe(), EjectionCase.Routing.Host, "ejection", times: 30);

            Assert.InRange(before.Count(reply => reply.Status == 500), Failures, before.Count - 1);
            Assert.All(after, reply => Assert.Equal(200, reply.Status));
        }
    }

    [ClusterTheory]
    [MemberData(nameof(Recording.Names), MemberType = typeof(Recording))]
    public async Task Both_do_the_same_with_the_configurations_of_a_fixed_seed(string name)
    {
        var recording = Recording.Named(name);
        var compared = await ComparedAsync(recording.Drafts());
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            recording.Write(compared.Select(item => new Recorded(item.Draft, item.Envoy)));
        }
    }

    [GeneratedFact]
    public async Task Both_do_the_same_with_as_many_configurations_as_the_environment_asks_for()
    {
        var (count, seed) = ClusterSettings.Generated!.Value;
        await ComparedAsync(Generator.OfBothKinds(seed, count));
    }

    private async Task<IReadOnlyList<Compared>> ComparedAsync(IReadOnlyList<Draft> drafts)
    {
        await using var apiServer = await ApiServerProxy.StartAsync();
        using var cluster = new OnCluster(sides.Envoy, apiServer);
        var comparing = new Comparing(batch => batch.OnEnvoyAsync(sides.Envoy, cluster));
        var compared = await comparing.RunAsync(drafts);
        var differing = compared.Where(item => item.Differs).ToList();
        differing.ForEach(item => Report.Line($"{item}\n"));
        Assert.True(differing.Count == 0, differing.Count == 0 ? "" : string.Join("\n\n", await comparing.SmallerAsync(differing)));
        return compared;
    }

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
