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
        var differences = await new Comparing(sides.Envoy).RunAsync(Generator.Of(seed, count));

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }
}
