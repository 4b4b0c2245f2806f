using GopherMesh.Tests.Cluster.Differential.Generated;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>Configurations that nobody wrote.</summary>
public sealed partial class RehearsalAgainstEnvoy
{
    [GeneratedFact]
    public async Task Both_do_the_same_with_as_many_configurations_as_the_environment_asks_for()
    {
        var (count, seed) = ClusterSettings.Generated!.Value;
        var drafts = Generator.Of(seed, count);
        var (envoy, differences) = await new Comparing(sides.Envoy).RunAsync(drafts);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Recording.Write(drafts.Zip(envoy, (draft, answers) => new Recorded(draft, answers)));
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }
}
