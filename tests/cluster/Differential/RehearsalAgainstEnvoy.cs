using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The rehearsal is worth what it has in common with Envoy: the same requests, the same routing, the same outcome.</summary>
[Collection(nameof(OneMesh))]
public sealed class RehearsalAgainstEnvoy(TwoSides sides) : IClassFixture<TwoSides>
{
    private const int Requests = 500;

    public static TheoryData<string> Names => [.. RoutingCases.All.Select(routing => routing.Name)];

    public static TheoryData<int> Weights => [.. ShareCases.Weights];

    public static TheoryData<int> Mirrors => [.. ShareCases.Mirrors];

    [ClusterTheory]
    [MemberData(nameof(Names))]
    public async Task Both_have_the_same_outcome(string name)
    {
        var routing = RoutingCases.All.Single(candidate => candidate.Name == name);
        foreach (var probe in routing.Probes)
        {
            var envoy = await sides.SendAsync("Envoy", routing, probe);
            var rehearsal = await sides.SendAsync("rehearsal", routing, probe);
            Assert.Equal($"{probe} {envoy.Compared()}", $"{probe} {rehearsal.Compared()}");
        }
        Assert.Equal(await ReceivedAsync("Envoy", name), await ReceivedAsync("rehearsal", name));
    }

    [ClusterTheory]
    [MemberData(nameof(Weights))]
    public async Task Both_split_as_declared(int percent)
    {
        var (low, high) = ShareTest.Acceptance(Requests, percent / 100.0);
        foreach (var side in sides.Sides.Keys)
        {
            var outcomes = await SendManyAsync(side, ShareCases.Weight(percent));
            Assert.All(outcomes, outcome => Assert.Equal(200, outcome.Status));
            Assert.InRange(outcomes.Count(outcome => outcome.Application!.Version == "v2"), low, high);
        }
    }

    [ClusterTheory]
    [MemberData(nameof(Mirrors))]
    public async Task Both_copy_as_declared(int percent)
    {
        var (low, high) = ShareTest.Acceptance(Requests, percent / 100.0);
        var routing = ShareCases.Mirror(percent);
        foreach (var side in sides.Sides.Keys)
        {
            var outcomes = await SendManyAsync(side, routing);
            Assert.All(outcomes, outcome => Assert.Equal("v1", outcome.Application?.Version));
            await Eventually.TrueAsync($"{side} has sent the copies", async () => await sides.ReceivedAsync(side, "v2", routing.Name) >= low);
            Assert.InRange(await sides.ReceivedAsync(side, "v2", routing.Name), low, high);
        }
    }

    [ClusterFact]
    public async Task Applications_see_other_header_names_only_where_it_is_known()
    {
        var routing = RoutingCases.All.Single(candidate => candidate.Name == "abort-never");
        var envoy = await sides.SendAsync("Envoy", routing, new Probe());
        var rehearsal = await sides.SendAsync("rehearsal", routing, new Probe());

        var differing = envoy.Application!.Headers.Keys.ToHashSet();
        differing.SymmetricExceptWith(rehearsal.Application!.Headers.Keys);

        Assert.Equal(KnownDifferences.MissingNames.Order(), differing.Order());
    }

    private async Task<(int V1, int V2)> ReceivedAsync(string side, string name) =>
        (await sides.ReceivedAsync(side, "v1", name), await sides.ReceivedAsync(side, "v2", name));

    private async Task<IReadOnlyList<Outcome>> SendManyAsync(string side, RoutingCase routing)
    {
        List<Outcome> outcomes = [];
        foreach (var burst in Enumerable.Repeat(new Probe(), Requests).Chunk(10))
            outcomes.AddRange(await Task.WhenAll(burst.Select(probe => sides.SendAsync(side, routing, probe))));
        return outcomes;
    }
}
