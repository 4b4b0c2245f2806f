using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The cluster that the dev stack declares.</summary>
public class ClusterTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>
{
    private const string Cluster = "eks:index:Cluster";

    private readonly DevStack _stack = fixture.Stack;

    [Fact]
    public void Is_reached_through_access_entries_from_inside_the_network_only()
    {
        var cluster = _stack.Inputs(Cluster);

        Assert.Equal("API", (string)cluster["authenticationMode"]!);
        Assert.Equal((true, false), ((bool)cluster["endpointPrivateAccess"]!, (bool)cluster["endpointPublicAccess"]!));
        // The component refuses blocks where there is no public endpoint, even an empty list of them.
        Assert.False(cluster.ContainsKey("publicAccessCidrs"));
    }

    [Fact]
    public async Task Lets_in_whom_the_settings_name()
    {
        var stack = await DevStack.DeclareAsync(
            """apiAllowedCidrs=["203.0.113.7/32"]""",
            """accessEntries={"ops":{"principalArn":"arn:aws:iam::123456789012:role/ops","policy":"view","namespaces":["gophers"]}}""");
        var cluster = stack.Inputs(Cluster);
        var policy = cluster["accessEntries"]!["ops"]!["accessPolicies"]!["AmazonEKSViewPolicy"]!;

        Assert.True((bool)cluster["endpointPublicAccess"]!);
        Assert.Equal("203.0.113.7/32", (string)cluster["publicAccessCidrs"]![0]!);
        Assert.Equal("arn:aws:iam::123456789012:role/ops", (string)cluster["accessEntries"]!["ops"]!["principalArn"]!);
        Assert.Equal("arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", (string)policy["policyArn"]!);
        Assert.Equal(("namespace", "gophers"), ((string)policy["accessScope"]!["type"]!, (string)policy["accessScope"]!["namespaces"]![0]!));
    }

    [Fact]
    public void Runs_on_a_node_pool_of_its_own()
    {
        var cluster = _stack.Inputs(Cluster);
        var nodes = cluster["accessEntries"]!["nodes"]!;

        Assert.Equal((true, false), ((bool)cluster["autoMode"]!["enabled"]!, (bool)cluster["autoMode"]!["createNodeRole"]!));
        Assert.Empty(cluster["autoMode"]!["computeConfig"]!["nodePools"]!.AsArray());
        Assert.Equal(("EC2", "AmazonEKSAutoNodePolicy"), ((string)nodes["type"]!, nodes["accessPolicies"]!.AsObject().Single().Key));
        Assert.True((bool)cluster["skipDefaultNodeGroup"]!);
        Assert.False((bool)cluster["corednsAddonOptions"]!["enabled"]!);
    }

    [Fact]
    public void Encrypts_secrets_with_a_key_that_rotates_and_logs_everything()
    {
        var key = _stack.Inputs("aws:kms/key:Key");

        Assert.Equal((true, 30L), ((bool)key["enableKeyRotation"]!, (long)key["deletionWindowInDays"]!));
        Assert.True(_stack.Inputs(Cluster).ContainsKey("encryptionConfigKeyArn"));
        Assert.Equal(5, _stack.Inputs(Cluster)["enabledClusterLogTypes"]!.AsArray().Count);
        Assert.Equal(
            [("/aws/eks/gopher-mesh-dev/cluster", 30L), ("/aws/vpc/gopher-mesh-dev/flow-logs", 30L)],
            _stack.OfType("aws:cloudwatch/logGroup:LogGroup").Select(group => ((string)group.Inputs["name"]!, (long)group.Inputs["retentionInDays"]!)).Order());
    }

    [Fact]
    public void Has_a_provider_that_a_changed_kubeconfig_does_not_replace() =>
        Assert.Equal("eks/ap-southeast-2/gopher-mesh-dev", (string)_stack.Inputs("pulumi:providers:kubernetes")["clusterIdentifier"]!);

    [Fact]
    public void Puts_the_tags_on_everything_that_bills()
    {
        string[] tags = ["managed-by", "owner", "project", "stack"];
        var aws = _stack.OfType("pulumi:providers:aws").Single();
        var byDefault = JsonNode.Parse((string)aws.Inputs["defaultTags"]!)!["tags"]!.AsObject();

        Assert.Equal(tags, byDefault.Select(tag => tag.Key).Order());
        Assert.All(_stack.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)), resource => Assert.Equal(aws.Urn, resource.Provider));
        Assert.Equal(tags, _stack.Inputs("kubernetes:eks.amazonaws.com/v1:NodeClass")["spec"]!["tags"]!.AsObject().Select(tag => tag.Key).Order());
        Assert.Contains("ec2:CreateFleet", (string)_stack.Inputs("aws:iam/rolePolicy:RolePolicy", "cluster-cluster")["policy"]!, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_what_the_nodes_can_cost_and_lets_every_node_go()
    {
        var spec = _stack.Inputs("kubernetes:karpenter.sh/v1:NodePool")["spec"]!;

        Assert.Equal("16", (string)spec["limits"]!["cpu"]!);
        Assert.Equal("30m", (string)spec["template"]!["spec"]!["terminationGracePeriod"]!);
        Assert.Equal("true", (string)_stack.Inputs("kubernetes:core/v1:ConfigMap", "cluster-network-policy")["data"]!["enable-network-policy-controller"]!);
    }

    [Fact]
    public void Keeps_images_that_never_change_scanned_and_encrypted()
    {
        Assert.Equal(["gopher-distributor", "gopher-requester"], _stack.OfType("aws:ecr/repository:Repository").Select(repository => repository.Name).Order());
        Assert.All(_stack.OfType("aws:ecr/repository:Repository"), repository =>
        {
            Assert.Equal("IMMUTABLE", (string)repository.Inputs["imageTagMutability"]!);
            Assert.True((bool)repository.Inputs["imageScanningConfiguration"]!["scanOnPush"]!);
            Assert.Equal("KMS", (string)repository.Inputs["encryptionConfigurations"]![0]!["encryptionType"]!);
        });
        Assert.Equal(2, _stack.OfType("aws:ecr/lifecyclePolicy:LifecyclePolicy").Count());
    }

    [Fact]
    public async Task Builds_nothing_for_what_is_named()
    {
        var stack = await DevStack.DeclareAsync("""versions={"v1":"docker.io/library/gopher-distributor:1.0"}""", "requesterImage=docker.io/library/gopher-requester:1.0");
        Assert.DoesNotContain(stack.Resources, resource => resource.Type.StartsWith("command:", StringComparison.Ordinal) || resource.Type.StartsWith("aws:ecr/", StringComparison.Ordinal));
    }
}
