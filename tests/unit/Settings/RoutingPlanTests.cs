using GopherMesh.Infra.Routing;

namespace GopherMesh.Tests.Unit;

/// <summary>The plan by itself, without Pulumi.</summary>
public class RoutingPlanTests
{
    [Fact]
    public void Shares_add_up_to_a_hundred_at_every_weight()
    {
        for (var weight = 0; weight <= 100; weight++)
        {
            var plan = RoutingPlan.For(StackFiles.Dev(("canaryVersion", "v2"), ("canaryWeight", $"{weight}")).Read().Rollout);
            Assert.Equal([new VersionShare("v1", 100 - weight), new VersionShare("v2", weight)], plan.Split.AsEnumerable());
            Assert.Equal(weight == 0 ? new VersionShare("v2", 100) : null, plan.Mirror);
            Assert.Equal(["v1", "v2"], plan.Versions.AsEnumerable());
        }
    }

    [Fact]
    public void Without_a_canary_there_is_one_share_and_no_copy()
    {
        var plan = RoutingPlan.For(StackFiles.Dev().Read().Rollout);
        Assert.Equal([new VersionShare("v1", 100)], plan.Split.AsEnumerable());
        Assert.Null(plan.Mirror);
        Assert.Null(plan.PreviewHeader);
    }

    [Theory]
    [InlineData("v1", true, 10, null)]
    [InlineData("v1", true, 100, null)]
    [InlineData("v1", false, 100, null)]
    [InlineData("v3", false, 100, "x-version")]
    public void A_fault_that_no_request_would_meet_is_an_error(string version, bool live, int weight, string? header)
    {
        var rollout = StackFiles.Dev(("canaryVersion", "v2"), ("canaryWeight", $"{weight}")).Read().Rollout with { PreviewHeader = header, Fault = new(version, 10, 0, 100, live) };

        Assert.Throws<ArgumentException>(() => RoutingPlan.For(rollout));
    }
}
