using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Unit.Order;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>
/// Declared properties whose careless change nobody would see until AWS had applied it. docs/eks.md has the reasons.
/// Every setting differs from its default, so that a property that no longer follows its setting fails too.
/// </summary>
public class PinnedTests(PinnedTests.ChangedFixture fixture) : IClassFixture<PinnedTests.ChangedFixture>
{
    private readonly DevStack _stack = fixture.Stack;

    [Theory]
    [MemberData(nameof(ClusterRows.All), MemberType = typeof(ClusterRows))]
    [MemberData(nameof(IdentityRows.All), MemberType = typeof(IdentityRows))]
    [MemberData(nameof(NodeRows.All), MemberType = typeof(NodeRows))]
    [MemberData(nameof(NetworkRows.All), MemberType = typeof(NetworkRows))]
    [MemberData(nameof(GatewayRows.All), MemberType = typeof(GatewayRows))]
    [MemberData(nameof(ImageRows.All), MemberType = typeof(ImageRows))]
    public void Is_declared_as(string resource, string path, string expected) =>
        AssertJson.Equal(expected, At(Resource(resource).Inputs, path));

    // A remote component gets only the providers that its own options name, whatever its parent's are (pulumi-dotnet,
    // Deployment_Prepare.cs).
    [Fact]
    public void The_cluster_is_made_with_the_stacks_own_provider() =>
        Assert.Equal([Resource("aws aws").Urn], Resource("Cluster cluster").Providers);

    // Pulumi gives up on a deletion that takes longer than its timeout, and a node may take as long as its drain.
    [Theory]
    [InlineData("NodePool cluster")]
    [InlineData("NodeClass cluster")]
    public void A_destroy_waits_longer_for_the_nodes_than_a_drain_may_take(string resource)
    {
        var grace = (string)At(Resource("NodePool cluster").Inputs, "spec.template.spec.terminationGracePeriod")!;
        var minutes = int.Parse(grace.TrimEnd('m'), CultureInfo.InvariantCulture);
        Assert.True(Resource(resource).DeleteTimeout >= TimeSpan.FromMinutes(minutes + 5));
    }

    [Fact]
    public void A_zone_that_AWS_opens_later_moves_no_subnet() =>
        Assert.All(_stack.OfType("aws:ec2/subnet:Subnet"), subnet => Assert.Equal(["availabilityZone"], subnet.IgnoreChanges));

    [Fact]
    public async Task Warns_if_nobody_can_reach_the_API() =>
        Assert.StartsWith("apiAllowedCidrs is empty, which pulumi up refuses", Assert.Single((await DevStack.DeclareAsync()).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Does_not_warn_if_somebody_can_reach_the_API() => Assert.Empty(_stack.Warnings);

    private Declared Resource(string key) => Assert.Single(_stack.Resources, resource => Edge.KeyOf(resource) == key);

    // A policy is JSON in a string; the test compares the JSON and not the text.
    private static JsonNode? At(JsonNode inputs, string path) => Opened(
        path.Replace("[", ".[", StringComparison.Ordinal).Split('.').Aggregate((JsonNode?)inputs, (node, part) =>
            part.StartsWith('[') ? Opened(node)![int.Parse(part[1..^1], CultureInfo.InvariantCulture)] : Opened(node)?[part]));

    private static JsonNode? Opened(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith('{') ? JsonNode.Parse(text) : node;

    /// <summary>The dev stack with settings of its own.</summary>
    public sealed class ChangedFixture : IAsyncLifetime
    {
        internal DevStack Stack { get; private set; } = null!;

        public async Task InitializeAsync() => Stack = await DevStack.DeclareAsync(
            "kubernetesVersion=1.34", "kubernetesSupport=extended", "deletionProtection=true", "keyDeletionWindowDays=7",
            "logRetentionDays=14", """apiAllowedCidrs=["203.0.113.7/32"]""", "nodeCpuLimit=32", "owner=team-7", "vpcCidr=10.7.0.0/16",
            "flowLogs=all", "aws:profile=team", "gatewayScheme=internal", """gatewayAllowedCidrs=["203.0.113.0/24"]""",
            $"tlsCertificateArn={GatewayRows.Certificate}", """gatewayHosts=["gophers.example.com"]""",
            "observability=true", "metricsStorageGiB=8", "canaryVersion=v2");

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
