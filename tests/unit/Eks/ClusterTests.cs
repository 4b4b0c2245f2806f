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
        AssertJson.Equal("""{"type":"namespace","namespaces":["gophers"]}""", policy["accessScope"]);
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
    public void Makes_all_of_AWS_with_the_provider_that_adds_the_tags()
    {
        string[] tags = ["managed-by", "owner", "project", "stack"];
        var aws = _stack.OfType("pulumi:providers:aws").Single();
        var byDefault = JsonNode.Parse((string)aws.Inputs["defaultTags"]!)!["tags"]!.AsObject();

        Assert.Equal(tags, byDefault.Select(tag => tag.Key).Order());
        Assert.All(
            _stack.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)),
            resource => Assert.Equal(aws.Urn, resource.Provider));
    }
}
