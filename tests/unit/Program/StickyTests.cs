using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Routing;

namespace GopherMesh.Tests.Unit;

/// <summary>A caller stays with the version that answered first: the cookies, and the routes that obey them.</summary>
public class StickyTests
{
    private const string Cookie = "gopher-distributor-version";
    private const string OfV2 = $"(.*; ?)?{Cookie}=v2(;.*)?";
    private const string Life = "; Max-Age=600; Path=/; HttpOnly; SameSite=Lax";

    [Fact]
    public async Task Between_the_weights_each_versions_cookie_stands_before_them()
    {
        var routes = await RoutesAsync(10);

        Assert.Equal(
            ["sticky-v2-idempotent", "sticky-v2", "sticky-v1-idempotent", "sticky-v1", "split-idempotent", "split"], routes.Select(route => (string?)route!["name"]));
        AssertJson.Equal(
            $$"""
            {
              "name": "sticky-v2-idempotent",
              "match": [{"method": {"regex": "GET|HEAD|OPTIONS|TRACE|PUT|DELETE"}, "headers": {"cookie": {"regex": "{{OfV2}}"} } }],
              "route": [{"destination": {"host": "gopher-distributor.gophers.svc.cluster.local", "subset": "v2"}, "weight": 100}],
              "timeout": "4s",
              "retries": {"attempts": 2, "perTryTimeout": "1s", "retryOn": "connect-failure,refused-stream,reset,503"}
            }
            """,
            routes[0]);
        Assert.Equal($"(.*; ?)?{Cookie}=v1[.]10(;.*)?", (string?)routes[3]!["match"]![0]!["headers"]!["cookie"]!["regex"]);
        Assert.Equal("v1", (string?)routes[3]!["route"]![0]!["destination"]!["subset"]);
    }

    [Theory]
    [InlineData(10, $"{Cookie}=v1.10{Life}", $"{Cookie}=v2{Life}")]
    [InlineData(100, null, $"{Cookie}=v2{Life}")]
    [InlineData(0, $"{Cookie}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax", null)]
    public async Task Only_an_answer_that_was_drawn_sets_a_cookie(int weight, string? stable, string? canary)
    {
        var routes = await RoutesAsync(weight);

        Assert.All(routes, route => Assert.Equal(
            ((string)route!["name"]!).StartsWith("split", StringComparison.Ordinal) ? [stable, canary] : [null],
            route["route"]!.AsArray().Select(to => (string?)to!["headers"]?["response"]?["add"]?["set-cookie"])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100, "sticky-v2-idempotent", "sticky-v2")]
    public async Task A_rollback_takes_everybody_back_and_the_cutover_everybody_along(int weight, params string[] sticky) => Assert.Equal(
        sticky, (await RoutesAsync(weight)).Select(route => (string?)route!["name"]).Where(name => name!.StartsWith(StickyCallers.RoutePrefix, StringComparison.Ordinal)));

    [Fact]
    public async Task Without_a_canary_nothing_is_sticky() => AssertJson.Equal(
        (await RoutesAsync()).ToJsonString(),
        (await StackUnderTest.DeclareAsync(StackFiles.Local()))["kubernetes:networking.istio.io/v1:VirtualService", "gopher-distributor"].At("spec.http"));

    [Theory]
    [InlineData($"{Cookie}=v2", true)]
    [InlineData($"session=1; {Cookie}=v2; theme=dark", true)]
    [InlineData($"session=1;{Cookie}=v2", true)]
    [InlineData($"{Cookie}=v22", false)]
    [InlineData($"{Cookie}=v1.10", false)]
    [InlineData($"x{Cookie}=v2", false)]
    [InlineData($"session={Cookie}=v2", false)]
    [InlineData("", false)]
    public void A_cookie_is_found_among_others_by_its_whole_name_and_value(string header, bool isFound) =>
        Assert.Equal(isFound, Regex.IsMatch(header, $@"\A(?:{StickyCallers.Pattern(Cookie, "v2")})\z"));

    [Theory]
    [InlineData("10", Cookie)]
    [InlineData("0", null)]
    public async Task The_requester_knows_the_cookie_where_callers_stay(string minutes, string? cookie)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryStickyMinutes", minutes)));
        var variables = (JsonArray)stack["kubernetes:apps/v1:Deployment", "gopher-requester"].At("spec.template.spec.containers[0].env")!;

        Assert.Equal(cookie, (string?)variables.SingleOrDefault(variable => (string?)variable!["name"] == "STICKY_COOKIE")?["value"]);
    }

    private static async Task<JsonArray> RoutesAsync(int? weight = null)
    {
        (string, string)[] canary = weight is { } percent ? [("canaryVersion", "v2"), ("canaryWeight", $"{percent}")] : [];
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local([("canaryStickyMinutes", "10"), .. canary]));
        return (JsonArray)stack["kubernetes:networking.istio.io/v1:VirtualService", "gopher-distributor"].At("spec.http")!;
    }
}
