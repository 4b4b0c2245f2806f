using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The load balancer that the gateway's chart asks for on EKS.</summary>
public class LoadBalancerTests
{
    private const string Certificate = "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    [Fact]
    public async Task Is_Auto_Modes_and_keeps_the_callers_address()
    {
        var service = (await ValuesAsync())["service"]!;

        Assert.Equal("eks.amazonaws.com/nlb", (string)service["loadBalancerClass"]!);
        Assert.Equal(["0.0.0.0/0"], service["loadBalancerSourceRanges"]!.AsArray().Select(range => (string)range!));
        Assert.Equal(["80"], service["ports"]!.AsArray().Select(port => $"{port!["port"]}"));
        Assert.Equal("internet-facing", Annotation(service, "scheme"));
        Assert.Equal("ip", Annotation(service, "nlb-target-type"));
        Assert.Equal("load_balancing.cross_zone.enabled=true", Annotation(service, "attributes"));
        Assert.Contains("preserve_client_ip.enabled=true", Annotation(service, "target-group-attributes"), StringComparison.Ordinal);
        Assert.Equal("managed-by=pulumi,owner=gopher-mesh,project=gopher-mesh,stack=dev", Annotation(service, "additional-resource-tags"));
        Assert.Null(Annotation(service, "ssl-cert"));
    }

    [Fact]
    public async Task Has_forgotten_a_pod_before_the_pod_stops_serving()
    {
        var values = await ValuesAsync();
        var attributes = Annotation(values["service"]!, "target-group-attributes")!.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var deregistration = int.Parse(attributes["deregistration_delay.timeout_seconds"], null);
        var pause = (long)values["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        var drain = int.Parse(((string)JsonNode.Parse((string)values["podAnnotations"]!["proxy.istio.io/config"]!)!["terminationDrainDuration"]!).TrimEnd('s'), null);

        Assert.True(pause > deregistration);
        Assert.True((long)values["terminationGracePeriodSeconds"]! > pause + drain);
    }

    [Fact]
    public async Task Ends_TLS_and_redirects_plain_HTTP()
    {
        var stack = await DevStack.DeclareAsync(
            $"tlsCertificateArn={Certificate}", "gatewayScheme=internal", """gatewayAllowedCidrs=["203.0.113.0/24"]""");
        var service = Values(stack)["service"]!;
        var servers = stack.Inputs("kubernetes:networking.istio.io/v1:Gateway")["spec"]!["servers"]!.AsArray();

        Assert.Equal(("internal", Certificate, "443"), (Annotation(service, "scheme"), Annotation(service, "ssl-cert"), Annotation(service, "ssl-ports")));
        Assert.Equal(["203.0.113.0/24"], service["loadBalancerSourceRanges"]!.AsArray().Select(range => (string)range!));
        Assert.Equal([("80", "80"), ("443", "8443")], service["ports"]!.AsArray().Select(port => ($"{port!["port"]}", $"{port["targetPort"]}")));
        Assert.Equal([("80", "true"), ("443", "")], servers.Select(server => ($"{server!["port"]!["number"]}", $"{server["tls"]?["httpsRedirect"]}")));
    }

    private static async Task<JsonNode> ValuesAsync() => Values(await DevStack.DeclareAsync());

    private static JsonNode Values(DevStack stack) => stack.Inputs("kubernetes:helm.sh/v3:Release", "istio-ingressgateway")["values"]!;

    private static string? Annotation(JsonNode service, string name) =>
        (string?)service["annotations"]![$"service.beta.kubernetes.io/aws-load-balancer-{name}"];
}
