using System.Text.Json.Nodes;
using GopherMesh.Infra.Eks.LoadBalancer;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The load balancer that the gateway's chart requests on EKS.</summary>
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

    // A network load balancer takes up to five minutes to deregister a target or to register another (aws-load-balancer-controller#1834).
    [Fact]
    public async Task Deregisters_a_pod_before_the_pod_stops_serving()
    {
        const int FiveMinutes = 300;
        var values = await ValuesAsync();
        var attributes = Annotation(values["service"]!, "target-group-attributes")!.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
        var deregistration = int.Parse(attributes["deregistration_delay.timeout_seconds"], null);
        var pause = (long)values["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        var drain = int.Parse(((string)JsonNode.Parse((string)values["podAnnotations"]!["proxy.istio.io/config"]!)!["terminationDrainDuration"]!).TrimEnd('s'), null);

        Assert.True(pause >= FiveMinutes + 20 && FiveMinutes >= deregistration);
        Assert.True((long)values["terminationGracePeriodSeconds"]! > pause + drain);
    }

    [Fact]
    public async Task Sends_to_a_new_pod_before_an_old_one_goes()
    {
        var stack = await DevStack.DeclareAsync();

        Assert.Equal("enabled", (string)stack.Inputs("kubernetes:core/v1:Namespace", "istio-system")["metadata"]!["labels"]!["eks.amazonaws.com/pod-readiness-gate-inject"]!);
        // Two pods, one after the other, each ready when the load balancer sends to it.
        Assert.True((long)stack.Inputs("kubernetes:helm.sh/v3:Release", "istio-ingressgateway")["timeout"]! >= 1800);
    }

    [Fact]
    public async Task Terminates_TLS_and_redirects_plain_HTTP()
    {
        var stack = await DevStack.DeclareAsync(
            $"tlsCertificateArn={Certificate}", """gatewayHosts=["gophers.example.com"]""", "gatewayScheme=internal", """gatewayAllowedCidrs=["203.0.113.0/24"]""");
        var service = Values(stack)["service"]!;
        var servers = stack.Inputs("kubernetes:networking.istio.io/v1:Gateway")["spec"]!["servers"]!.AsArray();

        Assert.Equal(("internal", Certificate, "443"), (Annotation(service, "scheme"), Annotation(service, "ssl-cert"), Annotation(service, "ssl-ports")));
        Assert.Equal(["203.0.113.0/24"], service["loadBalancerSourceRanges"]!.AsArray().Select(range => (string)range!));
        Assert.Equal([("80", "80"), ("443", "8443")], service["ports"]!.AsArray().Select(port => ($"{port!["port"]}", $"{port["targetPort"]}")));
        Assert.Equal([("80", "true"), ("443", "")], servers.Select(server => ($"{server!["port"]!["number"]}", $"{server["tls"]?["httpsRedirect"]}")));
        Assert.Equal("HTTP2Preferred", Annotation(service, "alpn-policy"));
    }

    [Fact]
    public async Task Tells_the_services_that_the_caller_came_by_HTTPS_only_if_it_terminates_TLS()
    {
        var https = await DevStack.DeclareAsync($"tlsCertificateArn={Certificate}", """gatewayHosts=["gophers.example.com"]""");

        Assert.Equal(["https", "https"], Schemes(https));
        Assert.Equal(["", ""], Schemes(await DevStack.DeclareAsync()));

        static IEnumerable<string> Schemes(DevStack stack) =>
            stack.Inputs("kubernetes:networking.istio.io/v1:VirtualService", "gopher-requester")["spec"]!["http"]!.AsArray()
                .Select(route => $"{route!["headers"]?["request"]?["set"]?["x-forwarded-proto"]}");
    }

    // Nobody can get a certificate for a load balancer's own name, and the DNS record of our name may come later.
    [Fact]
    public async Task With_a_certificate_the_gateway_is_called_by_the_certificates_host_name()
    {
        var plain = (string)(await DevStack.DeclareAsync()).Outputs["url"]!;
        var balancer = new Uri(plain).Host;
        var stack = await DevStack.DeclareAsync($"tlsCertificateArn={Certificate}", """gatewayHosts=["*.example.com"]""");

        Assert.Equal("https://gophers.example.com/", (string)stack.Outputs["url"]!);
        Assert.Equal($"curl --connect-to gophers.example.com:443:{balancer}:443 https://gophers.example.com/", (string)stack.Outputs["curl"]!);
    }

    private static async Task<JsonNode> ValuesAsync() => Values(await DevStack.DeclareAsync());

    private static JsonNode Values(DevStack stack) => stack.Inputs("kubernetes:helm.sh/v3:Release", "istio-ingressgateway")["values"]!;

    private static string? Annotation(JsonNode service, string name) =>
        (string?)service["annotations"]![$"service.beta.kubernetes.io/aws-load-balancer-{name}"];
}

/// <summary>The certificate and the records of the gateway's hosts in a hosted zone that is there already.</summary>
public class GatewayNamesTests
{
    private const string Zone = "Z0123456789ABCDEFGHIJ";
    private const string Record = "aws:route53/record:Record";
    private const string Release = "kubernetes:helm.sh/v3:Release";

    private static string[] Settings => [$"hostedZoneId={Zone}", """gatewayHosts=["gophers.example.com","*.gophers.example.com","other.example.com"]"""];

    [Fact]
    public async Task The_load_balancer_serves_HTTPS_with_a_certificate_of_all_hosts_once_it_is_issued()
    {
        var stack = await DevStack.DeclareAsync(Settings);
        var annotations = stack.Inputs(Release, "istio-ingressgateway")["values"]!["service"]!["annotations"]!;
        var certificate = stack.Single("aws:acm/certificate:Certificate");
        var validation = stack.Single("aws:acm/certificateValidation:CertificateValidation");

        AssertJson.Equal(
            """{"domainName":"gophers.example.com","subjectAlternativeNames":["gophers.example.com","*.gophers.example.com","other.example.com"],"validationMethod":"DNS"}""",
            certificate.Inputs);
        Assert.Equal((string)validation.Inputs["certificateArn"]!, (string)annotations["service.beta.kubernetes.io/aws-load-balancer-ssl-cert"]!);
        Assert.True(new DeletionOrder(stack.Resources).Deletes(stack.Single(Release, "istio-ingressgateway"), validation));
        Assert.Equal(["80", "443"], stack.Inputs(Release, "istio-ingressgateway")["values"]!["service"]!["ports"]!.AsArray().Select(port => $"{port!["port"]}"));
        Assert.Equal("https://gophers.example.com/", (string)stack.Outputs["url"]!);
        Assert.Equal("curl https://gophers.example.com/", (string)stack.Outputs["curl"]!);
    }

    // A name and its wildcard have the same record.
    [Fact]
    public async Task Each_name_has_one_record_that_proves_it()
    {
        var stack = await DevStack.DeclareAsync(Settings);
        var proofs = stack.OfType(Record).Where(record => record.Name.EndsWith("-validation", StringComparison.Ordinal)).ToList();

        Assert.Equal(["gophers.example.com-validation", "other.example.com-validation"], proofs.Select(proof => proof.Name).Order());
        AssertJson.Equal(
            $$"""{"zoneId":"{{Zone}}","name":"_rehearsal.other.example.com.","type":"CNAME","records":["_rehearsal.acm-validations.invalid."],"ttl":60,"allowOverwrite":true}""",
            proofs.Single(proof => proof.Name.StartsWith("other", StringComparison.Ordinal)).Inputs);
        Assert.Equal(
            ["_rehearsal.gophers.example.com.", "_rehearsal.other.example.com."],
            stack.Inputs("aws:acm/certificateValidation:CertificateValidation")["validationRecordFqdns"]!.AsArray().Select(name => (string)name!).Order());
    }

    [Fact]
    public async Task Each_host_has_a_record_that_leads_to_the_load_balancer_and_goes_before_it()
    {
        var stack = await DevStack.DeclareAsync(Settings);
        var hosts = stack.OfType(Record).Where(record => !record.Name.EndsWith("-validation", StringComparison.Ordinal)).ToList();

        Assert.Equal(["*.gophers.example.com", "gophers.example.com", "other.example.com"], hosts.Select(host => (string)host.Inputs["name"]!).Order(StringComparer.Ordinal));
        Assert.All(hosts, host => AssertJson.Equal(
            $$"""{"zoneId":"{{Zone}}","name":"{{host.Name}}","type":"CNAME","records":["rehearsal.elb.invalid"],"ttl":60}""", host.Inputs));
        Assert.All(hosts, host => Assert.True(new DeletionOrder(stack.Resources).Deletes(host, stack.Single(Release, "istio-ingressgateway"))));
    }

    [Fact]
    public async Task Nothing_of_it_is_declared_without_a_zone() =>
        Assert.DoesNotContain((await DevStack.DeclareAsync()).Resources, resource => resource.Type.StartsWith("aws:acm/", StringComparison.Ordinal) || resource.Type.StartsWith("aws:route53/", StringComparison.Ordinal));

    [Theory]
    [InlineData("example.com", false, "a.example.com", "", "")]
    [InlineData("example.com.", false, "*.example.com", "", "")]
    [InlineData("example.com", true, "a.example.com", "hostedZoneId", "use a public hosted zone: example.com is private")]
    [InlineData("example.com", false, "example.com", "gatewayHosts[0]", "use a name below the zone's, such as www.example.com")]
    [InlineData("example.com", false, "a.example.org", "gatewayHosts[0]", "use a name below that of the hosted zone, example.com")]
    [InlineData("example.com", false, "badexample.com", "gatewayHosts[0]", "use a name below that of the hosted zone, example.com")]
    public void A_zone_or_host_that_cannot_serve_is_refused_by_the_setting_to_change(string zone, bool isPrivate, string host, string setting, string remedy)
    {
        var problems = GatewayNames.Problems(Zone, zone, isPrivate, [host]);

        Assert.Equal(setting.Length > 0 ? [$"gopher-mesh:{setting}"] : [], problems.Select(problem => problem.Key));
        Assert.All(problems, problem => Assert.StartsWith(remedy, problem.Remedy, StringComparison.Ordinal));
    }
}
