using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Unit;

/// <summary>What the services report by themselves.</summary>
public class GopherTelemetryTests
{
    private static readonly string[] Variables = ["METRICS_PORT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"];

    [Theory]
    [MemberData(nameof(GopherTests.Workloads), MemberType = typeof(GopherTests))]
    public async Task A_pod_serves_metrics_through_its_agent_and_sends_spans_past_its_proxy(string name)
    {
        var template = await TemplateAsync(name, observability: "true");
        var container = template["spec"]!["containers"]![0]!;

        AssertJson.Equal(
            """{"prometheus.io/scrape":"true","prometheus.io/port":"9090","traffic.sidecar.istio.io/excludeOutboundPorts":"4317"}""",
            WithoutProxyConfig(template));
        AssertJson.Equal("""[{"name":"http","containerPort":8080},{"name":"http-metrics","containerPort":9090}]""", container["ports"]);
        Assert.Equal(
            ["9090", "http://jaeger.observability.svc.cluster.local:4317", "grpc"],
            Variables.Select(name => (string?)((JsonArray)container["env"]!).Single(variable => (string?)variable!["name"] == name)!["value"]));
        Assert.Equal("96Mi", (string?)container["resources"]!["requests"]!["memory"]);
    }

    [Theory]
    [MemberData(nameof(GopherTests.Workloads), MemberType = typeof(GopherTests))]
    public async Task Without_the_tools_a_pod_reports_nothing(string name)
    {
        var template = await TemplateAsync(name, observability: "false");
        var container = template["spec"]!["containers"]![0]!;

        AssertJson.Equal("{}", WithoutProxyConfig(template));
        AssertJson.Equal("""[{"name":"http","containerPort":8080}]""", container["ports"]);
        Assert.DoesNotContain(((JsonArray)container["env"]!).Select(variable => (string?)variable!["name"]), Variables.Contains);
    }

    [Theory]
    [InlineData("gopher-requester", true)]
    [InlineData("gopher-distributor-v1", false)]
    [InlineData("gopher-distributor-v2", false)]
    public async Task The_proxies_of_callers_count_by_version(string name, bool counts)
    {
        var annotation = (string?)(await TemplateAsync(name, observability: "false"))["metadata"]!["annotations"]?["proxy.istio.io/config"];

        Assert.Equal(counts, annotation is not null);
        if (annotation is null)
        {
            return;
        }

        // Envoy matches the whole name of a counter.
        var counted = new Regex($@"\A(?:{(string?)JsonNode.Parse(annotation)!["proxyStatsMatcher"]!["inclusionRegexps"]![0]})\z");
        Assert.All(
            ["upstream_rq_2xx", "upstream_rq_5xx", "upstream_rq_time"],
            counter => Assert.Matches(counted, $"cluster.outbound|80|v2|gopher-distributor.gophers.svc.cluster.local.{counter}"));
        Assert.DoesNotMatch(counted, "cluster.outbound|80||gopher-distributor.gophers.svc.cluster.local.upstream_rq_2xx");
        Assert.DoesNotMatch(counted, "cluster.outbound|80|v2|gopher-distributor.gophers.svc.cluster.local.retry.upstream_rq_5xx");
        Assert.DoesNotMatch(counted, "cluster.outbound|80|v2|gopher-distributor.gophers.svc.cluster.local.upstream_cx_total");
    }

    // Without the counters of the callers' proxies, which another test checks.
    private static JsonNode WithoutProxyConfig(JsonNode template)
    {
        var annotations = template["metadata"]!["annotations"]?.DeepClone() ?? new JsonObject();
        annotations.AsObject().Remove("proxy.istio.io/config");
        return annotations;
    }

    private static async Task<JsonNode> TemplateAsync(string name, string observability)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2"), ("observability", observability)));
        return stack["kubernetes:apps/v1:Deployment", name].At("spec.template")!;
    }
}
