using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>One value shifts traffic, and nothing but traffic.</summary>
public class ShiftTests
{
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";

    private static Task<StackUnderTest> At(int weight, params (string, string)[] more) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("canaryVersion", "v2"), ("canaryWeight", $"{weight}"), .. more]));

    [Fact]
    public async Task Between_two_weights_only_the_weights_of_one_route_differ()
    {
        var even = await At(50);
        for (var weight = 1; weight <= 100; weight++)
        {
            var shifted = await At(weight);
            Assert.Equal(weight == 50 ? [] : [Route], Differences(even, shifted));
            Assert.Equal(WithoutWeights(even), WithoutWeights(shifted));
            AssertSplit(shifted, 100 - weight, weight);
            Assert.DoesNotContain(Routes(shifted), route => route!["mirror"] is not null || route["mirrorPercentage"] is not null);
        }
    }

    [Fact]
    public async Task The_dark_launch_differs_from_a_weight_by_its_mirror_too()
    {
        var (dark, even) = (await At(0), await At(50));
        Assert.Equal([Route], Differences(dark, even));
        AssertSplit(dark, 100, 0);

        var route = Routes(dark)[0]!;
        AssertJson.Equal("""{"host":"gopher-distributor.gophers.svc.cluster.local","subset":"v2"}""", route["mirror"]);
        AssertJson.Equal("""{"value":100}""", route["mirrorPercentage"]);
        Assert.Equal(WithoutWeights(even), WithoutWeights(dark));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    [InlineData(99)]
    public async Task A_part_of_the_requests_can_be_copied(int percent)
    {
        var stack = await At(0, ("mirrorPercent", $"{percent}"));
        Assert.Equal(percent, (double)stack.Resources.Single(resource => resource.Key == Route).At("spec.http[0].mirrorPercentage.value")!);
    }

    [Fact]
    public async Task Nothing_is_copied_at_zero_percent_nor_once_the_canary_answers()
    {
        foreach (var stack in new[] { await At(0, ("mirrorPercent", "0")), await At(1), await At(100) })
        {
            Assert.DoesNotContain(Routes(stack), route => route!["mirror"] is not null || route["mirrorPercentage"] is not null);
        }
    }

    [Fact]
    public async Task Promotion_leaves_only_the_new_version()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("stableVersion", "v2")));
        Assert.DoesNotContain(stack.Resources, resource => resource.Name.EndsWith("-v1", StringComparison.Ordinal));
        Assert.Equal(Names(await At(100)).Where(name => !name.EndsWith("-v1", StringComparison.Ordinal)), Names(stack));

        static IEnumerable<string> Names(StackUnderTest stack) => stack.Resources.Select(resource => resource.Key).Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task The_same_configuration_declares_the_same()
    {
        var config = StackFiles.Local(("canaryVersion", "v2"), ("canaryWeight", "33"));
        Assert.Empty(Differences(await StackUnderTest.DeclareAfreshAsync(config), await StackUnderTest.DeclareAfreshAsync(config)));
    }

    private static JsonArray Routes(StackUnderTest stack) => (JsonArray)stack.Resources.Single(resource => resource.Key == Route).At("spec.http")!;

    private static IEnumerable<string> Differences(StackUnderTest left, StackUnderTest right)
    {
        Assert.Equal(left.Resources.Select(resource => resource.Key), right.Resources.Select(resource => resource.Key));
        return left.Resources.Zip(right.Resources)
            .Where(pair => !JsonNode.DeepEquals(pair.First.Inputs, pair.Second.Inputs)
                || !pair.First.DependsOn.Select(resource => resource.Key).SequenceEqual(pair.Second.DependsOn.Select(resource => resource.Key)))
            .Select(pair => pair.First.Key);
    }

    private static void AssertSplit(StackUnderTest stack, int stable, int canary)
    {
        foreach (var route in Routes(stack))
        {
            Assert.Equal(
                [("v1", stable), ("v2", canary)],
                ((JsonArray)route!["route"]!).Select(to => ((string)to!["destination"]!["subset"]!, (double)to["weight"]!)).Select(to => (to.Item1, (int)to.Item2)));
        }
    }

    // Without mirrors too, which both tests that compare check on their own.
    private static string WithoutWeights(StackUnderTest stack)
    {
        var spec = stack.Resources.Single(resource => resource.Key == Route).Inputs.DeepClone();
        foreach (var route in (JsonArray)spec["spec"]!["http"]!)
        {
            route!.AsObject().Remove("mirror");
            route.AsObject().Remove("mirrorPercentage");
            ((JsonArray)route!["route"]!).ToList().ForEach(to => to!.AsObject().Remove("weight"));
        }

        return AssertJson.Canonical(spec);
    }
}
