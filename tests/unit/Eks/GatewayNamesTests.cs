using GopherMesh.Infra.Eks.LoadBalancer;

namespace GopherMesh.Tests.Unit.Eks;

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
