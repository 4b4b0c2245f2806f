using GopherMesh.Tests.Cluster.Differential.Generated;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>Configurations that nobody wrote.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    [ClusterFact]
    public async Task Both_do_the_same_with_the_configurations_of_a_fixed_seed()
    {
        var compared = await ComparedAsync(Recording.Drafts());
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Recording.Write(compared.Select(item => new Recorded(item.Draft, item.Envoy)));
        }
    }

    [GeneratedFact]
    public async Task Both_do_the_same_with_as_many_configurations_as_the_environment_asks_for()
    {
        var (count, seed) = ClusterSettings.Generated!.Value;
        await ComparedAsync(Generator.Of(seed, count));
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
}
