using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

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
