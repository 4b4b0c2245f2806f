using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>The rehearsal is worth what it has in common with Envoy: the same requests, the same routing, the same outcome.</summary>
[Collection(nameof(OneMesh))]
public sealed partial class RehearsalAgainstEnvoy(TwoSides sides) : IClassFixture<TwoSides>
{
    public static TheoryData<string, EntryPoint> Cases => Of(RoutingCases.All);

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
}
