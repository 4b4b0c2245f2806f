using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>Faults on purpose: where the routes have them, and when settings refuse them.</summary>
public class FaultTests
{
    private const string Header = "x-gopher-version";
    private const string Both = """{"delay":{"fixedDelay":"1500ms","percentage":{"value":25}},"abort":{"httpStatus":503,"percentage":{"value":40}}}""";

    private static readonly (string, string)[] Previewed = [("previewHeader", Header), ("faultVersion", "v1"), ("faultAbortPercent", "40")];

    public static TheoryData<string, (string, string)[]> Contradictory => new()
    {
        { "faultAbortPercent", [("faultAbortPercent", "10")] },
        { "faultDelayMs", [("faultDelayMs", "10")] },
        { "faultPercent", [("faultPercent", "10")] },
        { "faultLive", [("faultLive", "true")] },
        { "faultVersion", [("previewHeader", Header), ("faultVersion", "v1")] },
        { "faultVersion", [("faultVersion", "v1"), ("faultDelayMs", "100")] },
        { "faultVersion", [.. Previewed, ("faultVersion", "v2")] },
        { "faultVersion", [.. Previewed, ("canaryVersion", "v2")] },
        { "faultVersion", [.. Previewed, ("canaryVersion", "v2"), ("canaryWeight", "99")] },
        { "faultPercent", [.. Previewed, ("faultPercent", "10")] },
        { "faultLive", [.. Previewed, ("canaryVersion", "v2"), ("canaryWeight", "100"), ("faultLive", "true")] },
    };

    [Fact]
    public async Task Faults_are_for_requests_that_chose_the_version_and_for_no_others()
    {
        var routes = await RoutesAsync([.. Previewed, ("faultDelayMs", "1500"), ("faultPercent", "25")]);

        Assert.Equal(["preview-v1", "split-idempotent", "split"], routes.Select(route => (string?)route!["name"]));
        AssertJson.Equal(Both, routes[0]!["fault"]);
        Assert.All(routes.Skip(1), route => Assert.Null(route!["fault"]));
    }

    [Fact]
    public async Task Live_faults_are_for_every_request_to_the_version()
    {
        var routes = await RoutesAsync(("faultVersion", "v1"), ("faultLive", "true"), ("faultAbortPercent", "40"));

        Assert.Equal(["split-idempotent", "split"], routes.Select(route => (string?)route!["name"]));
        Assert.All(routes, route => AssertJson.Equal("""{"abort":{"httpStatus":503,"percentage":{"value":40}}}""", route!["fault"]));
    }

    [Theory]
    [InlineData("v1", "false", "preview-v1")]
    [InlineData("v2", "false", "preview-v2")]
    [InlineData("v2", "true", "preview-v2,split-idempotent,split")]
    public async Task After_the_cutover_either_version_can_be_chosen_and_fail(string version, string live, string faulty)
    {
        var routes = await RoutesAsync(
            ("canaryVersion", "v2"), ("canaryWeight", "100"), ("previewHeader", Header), ("faultVersion", version), ("faultLive", live), ("faultDelayMs", "200"));

        var with = routes.Where(route => route!["fault"] is not null).ToList();
        Assert.Equal(faulty.Split(','), with.Select(route => (string?)route!["name"]));
        Assert.All(with, route => AssertJson.Equal("""{"delay":{"fixedDelay":"200ms","percentage":{"value":100}}}""", route!["fault"]));
    }

    [Theory]
    [MemberData(nameof(Contradictory))]
    public void Refuses_faults_that_would_have_no_effect_or_be_taken_for_the_canarys(string key, (string, string)[] changes) =>
        Assert.Equal($"gopher-mesh:{key}", Assert.Single(StackFiles.Dev(changes).Errors()).Key);

    [Fact]
    public void Says_which_rollout_has_to_end_first() => Assert.Equal(
        """set it to "", or end the rollout of v2 first: faults on purpose cannot be told from the canary's own""",
        Assert.Single(StackFiles.Dev([.. Previewed, ("canaryVersion", "v2")]).Errors()).Remedy);

    private static async Task<JsonArray> RoutesAsync(params (string, string)[] settings) =>
        (JsonArray)(await StackUnderTest.DeclareAsync(StackFiles.Local(settings)))["kubernetes:networking.istio.io/v1:VirtualService", "gopher-distributor"].At("spec.http")!;
}
