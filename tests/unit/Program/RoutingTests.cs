using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Infra.Routing;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>The declared Gateway, VirtualServices and DestinationRules.</summary>
public class RoutingTests
{
    private const string VirtualService = "kubernetes:networking.istio.io/v1:VirtualService";
    private const string DestinationRule = "kubernetes:networking.istio.io/v1:DestinationRule";

    [Fact]
    public async Task The_Gateway_accepts_every_host_unless_the_settings_name_hosts()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        AssertJson.Equal(
            """{"selector":{"istio":"ingressgateway"},"servers":[{"port":{"number":80,"name":"http","protocol":"HTTP"},"hosts":["*"]}]}""",
            stack["kubernetes:networking.istio.io/v1:Gateway", "gopher-gateway"].At("spec"));
    }

    [Fact]
    public async Task Gateway_and_route_agree_on_the_hosts()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("gatewayHosts", """["a.example.com","*.b.example.com"]""")));
        AssertJson.Equal(
            """["a.example.com","*.b.example.com"]""", stack["kubernetes:networking.istio.io/v1:Gateway", "gopher-gateway"].At("spec.servers[0].hosts"));
        AssertJson.Equal("""["a.example.com","*.b.example.com"]""", stack[VirtualService, "gopher-requester"].At("spec.hosts"));
    }

    [Fact]
    public async Task The_requester_is_reached_through_the_Gateway_and_retried_where_that_is_safe()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        AssertJson.Equal(
            """
            {
              "hosts": ["*"],
              "gateways": ["gophers/gopher-gateway"],
              "http": [
                {
                  "name": "idempotent",
                  "match": [{"method": {"regex": "GET|HEAD|OPTIONS|TRACE|PUT|DELETE"}}],
                  "route": [{"destination": {"host": "gopher-requester.gophers.svc.cluster.local"}, "weight": 100}],
                  "timeout": "13s",
                  "retries": {"attempts": 2, "perTryTimeout": "6s", "retryOn": "connect-failure,refused-stream,reset,503"}
                },
                {
                  "name": "others",
                  "route": [{"destination": {"host": "gopher-requester.gophers.svc.cluster.local"}, "weight": 100}],
                  "timeout": "13s",
                  "retries": {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
                }
              ]
            }
            """,
            stack[VirtualService, "gopher-requester"].At("spec"));
    }

    [Fact]
    public async Task Without_a_canary_the_stable_version_answers_everything()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        AssertJson.Equal(
            """
            {
              "hosts": ["gopher-distributor.gophers.svc.cluster.local"],
              "gateways": ["mesh"],
              "http": [
                {
                  "name": "split-idempotent",
                  "match": [{"method": {"regex": "GET|HEAD|OPTIONS|TRACE|PUT|DELETE"}}],
                  "route": [{"destination": {"host": "gopher-distributor.gophers.svc.cluster.local", "subset": "v1"}, "weight": 100}],
                  "timeout": "4s",
                  "retries": {"attempts": 2, "perTryTimeout": "1s", "retryOn": "connect-failure,refused-stream,reset,503"}
                },
                {
                  "name": "split",
                  "route": [{"destination": {"host": "gopher-distributor.gophers.svc.cluster.local", "subset": "v1"}, "weight": 100}],
                  "timeout": "4s",
                  "retries": {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
                }
              ]
            }
            """,
            stack[VirtualService, "gopher-distributor"].At("spec"));
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")]
    public async Task Each_version_has_a_subset_of_its_own_with_its_own_limits(string version)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2")));
        var spec = stack[DestinationRule, $"gopher-distributor-{version}"].At("spec")!;

        Assert.Equal("gopher-distributor.gophers.svc.cluster.local", (string?)spec["host"]);
        Assert.Null(spec["trafficPolicy"]);
        var subset = Assert.Single((JsonArray)spec["subsets"]!)!;
        Assert.Equal(version, (string?)subset["name"]);
        AssertJson.Equal($$"""{"version":"{{version}}"}""", subset["labels"]);
        AssertProtects(subset["trafficPolicy"]);
    }

    [Fact]
    public async Task The_requester_is_protected_too()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        var spec = stack[DestinationRule, "gopher-requester"].At("spec")!;
        Assert.Equal("gopher-requester.gophers.svc.cluster.local", (string?)spec["host"]);
        AssertProtects(spec["trafficPolicy"]);
    }

    [Fact]
    public async Task A_preview_comes_first_is_never_copied_and_ignores_the_weights()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2"), ("previewHeader", "x-gopher-version")));
        var routes = (JsonArray)stack[VirtualService, "gopher-distributor"].At("spec.http")!;

        Assert.Equal(["preview-v1", "preview-v2", "split-idempotent", "split"], routes.Select(route => (string?)route!["name"]));
        AssertJson.Equal(
            """
            {
              "name": "preview-v2",
              "match": [{"headers": {"x-gopher-version": {"exact": "v2"}}}],
              "route": [{"destination": {"host": "gopher-distributor.gophers.svc.cluster.local", "subset": "v2"}, "weight": 100}],
              "timeout": "4s",
              "retries": {"attempts": 2, "retryOn": "connect-failure,refused-stream,reset-before-request"}
            }
            """,
            routes[1]);
        Assert.Equal([false, false, true, false], routes.Select(route => route!["mirror"] is not null));
    }

    private static void AssertProtects(JsonNode? policy) => AssertJson.Equal(
        """
        {
          "connectionPool": {
            "tcp": {"maxConnections": 256, "connectTimeout": "1s"},
            "http": {"h2UpgradePolicy": "UPGRADE", "http1MaxPendingRequests": 512, "http2MaxRequests": 1024, "maxRetries": 256}
          },
          "outlierDetection": {"consecutive5xxErrors": 5, "interval": "5s", "baseEjectionTime": "15s", "maxEjectionPercent": 50}
        }
        """,
        policy);
}

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
    [InlineData("v1", false, "", 0, null)]
    [InlineData("v3", true, "", 0, "x-version")]
    [InlineData("v1", true, "v2", 10, null)]
    [InlineData("v1", false, "v2", 0, "x-version")]
    [InlineData("v2", true, "v2", 100, null)]
    public void A_fault_that_no_request_would_meet_or_that_could_be_the_canarys_is_an_error(string version, bool live, string canary, int weight, string? header)
    {
        var rollout = StackFiles.Dev(("canaryVersion", canary), ("canaryWeight", $"{weight}")).Read().Rollout with { PreviewHeader = header, Fault = new(version, 10, 0, 100, live) };

        Assert.Throws<ArgumentException>(() => RoutingPlan.For(rollout));
    }
}

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
        { "faultVersion", [.. Previewed, ("canaryVersion", "v2"), ("canaryWeight", "100")] },
        { "faultVersion", [.. Previewed, ("canaryVersion", "v2"), ("canaryWeight", "100"), ("faultVersion", "v2"), ("faultLive", "true")] },
        { "faultPercent", [.. Previewed, ("faultPercent", "10")] },
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
    [MemberData(nameof(Contradictory))]
    public void Refuses_faults_that_would_have_no_effect_or_be_taken_for_the_canarys(string key, (string, string)[] changes) =>
        Assert.Equal($"gopher-mesh:{key}", Assert.Single(StackFiles.Dev(changes).Errors()).Key);

    [Fact]
    public void Says_which_rollout_has_to_end_first() => Assert.Equal(
        """set it to "", or end the rollout of v2 first: faults on purpose cannot be distinguished from the canary's own""",
        Assert.Single(StackFiles.Dev([.. Previewed, ("canaryVersion", "v2")]).Errors()).Remedy);

    private static async Task<JsonArray> RoutesAsync(params (string, string)[] settings) =>
        (JsonArray)(await StackUnderTest.DeclareAsync(StackFiles.Local(settings)))["kubernetes:networking.istio.io/v1:VirtualService", "gopher-distributor"].At("spec.http")!;
}
