namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>What of the generated differential needs no cluster.</summary>
public sealed class GeneratedTests
{
    [Fact]
    public void A_seed_makes_the_same_configurations_each_time() =>
        Assert.Equal(Generator.Of(3, 20).Select(DraftJson.Text), Generator.Of(3, 20).Select(DraftJson.Text));

    [Fact]
    public void As_many_are_made_as_are_asked_for() => Assert.Equal(20, Generator.Of(3, 20).Length);

    [Fact]
    public void Another_seed_makes_others() => Assert.Empty(Generator.Of(3, 20).Select(DraftJson.Text).Intersect(Generator.Of(4, 20).Select(DraftJson.Text)));

    [Fact]
    public async Task A_difference_is_made_as_small_as_the_part_that_shows_it()
    {
        var drafts = Generator.Of(3, 200).Where(Differs).Take(5).ToList();
        var smallest = await Minimizer.SmallestAsync(drafts, tried => Task.FromResult<IReadOnlyList<bool>>([.. tried.Select(Differs)]));

        Assert.Equal(5, smallest.Count);
        Assert.All(smallest, draft =>
        {
            Assert.Empty(draft.Gateways.Cast<object>().Concat(draft.Services).Concat(draft.Rules).Concat(draft.Probes));
            var service = Assert.Single(draft.VirtualServices);
            Assert.Empty(service.Hosts.Concat(service.Gateways));
            var route = Assert.Single(service.Routes);
            Assert.Empty(route.Matches);
            Assert.StartsWith("timeout", Assert.Single(route.Policies).Text, StringComparison.Ordinal);
        });
    }

    private static bool Differs(Draft draft) => draft.VirtualServices.Any(service => service.Routes.Any(route =>
        route.Policies.Any(policy => policy.Text.StartsWith("timeout", StringComparison.Ordinal))));
}
