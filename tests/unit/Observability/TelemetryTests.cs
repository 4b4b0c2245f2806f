using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Tests.Unit.Program;

namespace GopherMesh.Tests.Unit.Observability;

/// <summary>What the proxies report: spans and access logs.</summary>
public class MeshTelemetryTests
{
    private const string Telemetry = "kubernetes:telemetry.istio.io/v1:Telemetry";
    private const string Release = "kubernetes:helm.sh/v3:Release";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task Spans_go_to_Jaeger_for_one_request_in_ten()
    {
        var stack = await With(("observability", "true"));

        AssertJson.Equal(
            """{"tracing":[{"providers":[{"name":"otlp"}],"randomSamplingPercentage":10}]}""",
            stack[Telemetry, "mesh-default"].At("spec"));
        AssertJson.Equal(
            """
            [{"name":"otlp","opentelemetry":{"service":"jaeger.observability.svc.cluster.local","port":4317} }]
            """,
            stack[Release, "istiod"].At("values.meshConfig.extensionProviders"));
    }

    // Envoy takes over a caller's own, its ID and its flag against sampling, before it routes.
    [Fact]
    public async Task The_gateway_takes_a_callers_trace_context_away_before_a_span_starts()
    {
        const string Filter = "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter";
        var spec = (await With(("observability", "true")))[Filter, "forget-foreign-traces"].At("spec")!;
        var patched = spec["configPatches"]![0]!["patch"]!["value"]!["typed_config"]!["early_header_mutation_extensions"]![0]!;

        AssertJson.Equal("""{"labels":{"istio":"ingressgateway"} }""", spec["workloadSelector"]);
        AssertJson.Equal("""[{"remove":"traceparent"},{"remove":"tracestate"}]""", patched["typed_config"]!["mutations"]);
        Assert.Empty((await With(("accessLogs", "true"))).Of(Filter));
    }

    // As the services name themselves to Jaeger; Istio's own choice is NAME.NAMESPACE.
    [Fact]
    public async Task Proxies_name_a_service_in_traces_as_it_names_itself() => Assert.Equal(
        "CANONICAL_NAME_ONLY",
        (string?)(await With(("observability", "true")))[Release, "istiod"].At("values.meshConfig.defaultConfig.tracingServiceName"));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("100", 100)]
    public async Task Sampling_is_a_setting(string percent, double expected)
    {
        var stack = await With(("observability", "true"), ("traceSamplingPercent", percent));
        Assert.Equal(expected, (double?)stack[Telemetry, "mesh-default"].At("spec.tracing[0].randomSamplingPercentage"));
    }

    [Fact]
    public async Task Access_logs_are_written_without_the_tools_too()
    {
        var stack = await With(("accessLogs", "true"));

        AssertJson.Equal("""{"accessLogging":[{"providers":[{"name":"envoy"}]}]}""", stack[Telemetry, "mesh-default"].At("spec"));
        Assert.Equal("JSON", (string?)stack[Release, "istiod"].At("values.meshConfig.accessLogEncoding"));
        Assert.Null(stack[Release, "istiod"].At("values.meshConfig.extensionProviders"));
    }

    [Fact]
    public async Task Is_in_Istios_namespace_and_is_created_after_Istio()
    {
        var telemetry = (await With(("accessLogs", "true")))[Telemetry, "mesh-default"];

        Assert.Equal("istio-system", (string?)telemetry.At("metadata.namespace"));
        Assert.Contains($"{Release} istio-ingressgateway", telemetry.DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task Nothing_to_report_declares_nothing()
    {
        var stack = await With();
        Assert.Empty(stack.Of(Telemetry));
        Assert.Null(stack[Release, "istiod"].At("values.meshConfig.extensionProviders"));
        Assert.Null(stack[Release, "istiod"].At("values.meshConfig.accessLogEncoding"));
    }
}

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
