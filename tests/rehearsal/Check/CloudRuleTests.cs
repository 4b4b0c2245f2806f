using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class CloudRuleTests
{
    private const string Cluster = "eks:index:Cluster cluster";
    private const string PlainCluster = "aws:eks/cluster:Cluster other";
    private const string Ecr = "aws:ecr/repository:Repository gopher-requester";
    private const string Key = "aws:kms/key:Key cluster";
    private const string DefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup cluster";
    private const string Gateway = "kubernetes:helm.sh/v3:Release istio-ingressgateway";

    [Theory]
    [InlineData("""["0.0.0.0/0"]""", "publicAccessCidrs has 0.0.0.0/0")]
    [InlineData("""["203.0.113.7/32","::/0"]""", "publicAccessCidrs has ::/0")]
    [InlineData("""["0.0.0.0/1","128.0.0.0/1"]""", "publicAccessCidrs has 0.0.0.0/1")]
    [InlineData("[]", "publicAccessCidrs is not set")]
    public Task A_public_api_without_a_limit(string blocks, string what) => Breakage.FindsAsync("public-api", Cluster, what, stack => stack
        .Set(Cluster, "endpointPublicAccess", "true").Set(Cluster, "publicAccessCidrs", blocks));

    [Fact]
    public Task A_public_api_by_default() =>
        Breakage.FindsAsync("public-api", Cluster, "the whole internet", stack => stack.Set(Cluster, "endpointPublicAccess", null));

    [Fact]
    public async Task Not_a_public_api_for_a_few() => Assert.Empty(await Breakage.FindingsAsync(stack => stack
        .Set(Cluster, "endpointPublicAccess", "true").Set(Cluster, "publicAccessCidrs", """["203.0.113.7/32"]""")));

    [Theory]
    [InlineData("public-api", "vpcConfig", "{}", "publicAccessCidrs is not set")]
    [InlineData("public-api", "vpcConfig", """{"endpointPublicAccess":true,"publicAccessCidrs":["0.0.0.0/0"]}""", "publicAccessCidrs")]
    [InlineData("encryption", "encryptionConfig", "{}", "encryptionConfig.provider.keyArn")]
    [InlineData("unowned-log-group", "enabledClusterLogTypes", """["api"]""", "/aws/eks/other/cluster")]
    public Task A_cluster_that_is_the_plain_resource(string rule, string input, string json, string what) =>
        Breakage.FindsAsync(rule, PlainCluster, what, stack => WithPlainCluster(stack).Set(PlainCluster, input, json));

    [Fact]
    public async Task Not_a_plain_cluster_that_is_closed() => Assert.Empty(await Breakage.FindingsAsync(WithPlainCluster));

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Not_a_cluster_that_is_only_read(bool isRead, int findings)
    {
        var found = await Breakage.FindingsAsync(stack => WithPlainCluster(stack)
            .Set(PlainCluster, "vpcConfig", "{}").Change(PlainCluster, cluster => cluster with { IsRead = isRead }));

        Assert.Equal(findings, found.Count);
    }

    [Theory]
    [InlineData(Cluster, "encryptionConfigKeyArn", null, "encryptionConfigKeyArn")]
    [InlineData(Ecr, "encryptionConfigurations", null, "encryptionConfigurations")]
    [InlineData(Ecr, "encryptionConfigurations/0/encryptionType", "\"AES256\"", "encryptionConfigurations")]
    [InlineData(Key, "enableKeyRotation", "false", "enableKeyRotation")]
    public Task What_is_not_encrypted(string resource, string path, string? json, string what) =>
        Breakage.FindsAsync("encryption", resource, what, stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData("SYMMETRIC_DEFAULT", 1)]
    [InlineData("RSA_2048", 0)]
    [InlineData("HMAC_256", 0)]
    public async Task Only_a_symmetric_key_has_to_rotate(string spec, int findings) => Assert.Equal(findings, (await Breakage.FindingsAsync(
        stack => stack.Set(Key, "enableKeyRotation", null).Set(Key, "customerMasterKeySpec", $"\"{spec}\""))).Count);

    [Fact]
    public Task A_storage_class_that_does_not_encrypt() => Breakage.FindsAsync(
        "encryption", "StorageClass data", "parameters.encrypted",
        stack => stack.WithObject("storage.k8s.io/v1", "StorageClass", "data", "\"provisioner\":\"ebs.csi.eks.amazonaws.com\""));

    [Theory]
    [InlineData("aws:ec2/securityGroup:SecurityGroup", """{"ingress":[{"cidrBlocks":["0.0.0.0/0"],"fromPort":22}]}""", "0.0.0.0/0")]
    [InlineData("aws:ec2/securityGroup:SecurityGroup", """{"ingress":[{"ipv6CidrBlocks":["::/0"]}]}""", "::/0")]
    [InlineData("aws:ec2/securityGroupRule:SecurityGroupRule", """{"type":"ingress","cidrBlocks":["0.0.0.0/0"]}""", "0.0.0.0/0")]
    [InlineData("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", """{"cidrIpv4":"0.0.0.0/0"}""", "0.0.0.0/0")]
    public Task An_open_security_group(string type, string inputs, string what) =>
        Breakage.FindsAsync("open-security-group", $"{type} web", what, stack => stack.With(type, "web", inputs));

    [Fact]
    public async Task Not_a_security_group_that_lets_everything_out() => Assert.Empty(await Breakage.FindingsAsync(stack => stack.With(
        "aws:ec2/securityGroup:SecurityGroup", "web",
        """{"egress":[{"cidrBlocks":["0.0.0.0/0"]}],"ingress":[{"cidrBlocks":["10.0.0.0/16"]}]}""")));

    [Fact]
    public Task A_default_security_group_as_aws_makes_it() => Breakage.FindsAsync(
        "open-security-group", "aws:ec2/vpc:Vpc cluster", "its default security group",
        stack => stack with { Resources = [.. stack.Resources.Where(resource => $"{resource.Type} {resource.Name}" != DefaultGroup)] });

    [Theory]
    [InlineData("ingress", """[{"self":true,"protocol":"-1","fromPort":0,"toPort":0}]""")]
    [InlineData("egress", """[{"cidrBlocks":["10.0.0.0/16"],"protocol":"-1","fromPort":0,"toPort":0}]""")]
    public Task A_default_security_group_with_rules(string direction, string rules) => Breakage.FindsAsync(
        "open-security-group", DefaultGroup, $"has rules: {direction}", stack => stack.Set(DefaultGroup, direction, rules));

    // The committed gateway is one, and is excepted: without its ranges it still is, and with others or inside only it is none.
    [Theory]
    [InlineData("values/service/loadBalancerSourceRanges", null, 1)]
    [InlineData("values/service/loadBalancerSourceRanges", """["203.0.113.0/24"]""", 0)]
    [InlineData("values/service/annotations/service.beta.kubernetes.io~1aws-load-balancer-scheme", "\"internal\"", 0)]
    [InlineData("values/service/type", "\"ClusterIP\"", 0)]
    public async Task An_open_load_balancer(string path, string? json, int findings)
    {
        var stack = (await Renderings.DeclareAsync("dev")).Set(Gateway, path, json);

        var found = Gopherctl.Check.Policy.Check(Renderings.Render(stack)).Where(finding => finding.Rule.Id == "open-load-balancer");

        Assert.Equal(Enumerable.Repeat("Helm release istio-ingressgateway", findings), found.Select(finding => finding.Violation.Resource));
    }

    private static Declaration WithPlainCluster(Declaration stack) => stack.WithLast("aws:eks/cluster:Cluster", "other", """
        {"name":"other","vpcConfig":{"endpointPublicAccess":false},"encryptionConfig":{"provider":{"keyArn":"key"}}}
        """);
}
