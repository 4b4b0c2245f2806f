using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Recover;

namespace GopherMesh.Tests.Rehearsal.Recover;

public sealed class RecoveredStateTests
{
    private static readonly KeyValuePair<string, string>[] Tags = [new("project", "gopher-mesh"), new("stack", "dev")];

    [Fact]
    public void A_cluster_whose_creation_was_under_way_is_taken_up_by_its_name_with_its_inputs_and_without_outputs()
    {
        var state = State(("creating", "aws:eks/cluster:Cluster", """{"name": "gopher-mesh-dev"}"""));

        var create = Assert.Single(state.PendingCreates);
        var next = state.With([(create, create.IdFromInputs!)])["deployment"]!;

        Assert.Null(next["pending_operations"]);
        var taken = next["resources"]!.AsArray()[^1]!;
        Assert.Equal("gopher-mesh-dev", $"{taken["id"]}");
        Assert.Equal("gopher-mesh-dev", $"{taken["inputs"]!["name"]}");
        Assert.Null(taken["outputs"]);
    }

    [Fact]
    public void What_was_not_found_leaves_the_state_with_its_operation()
    {
        var next = State(("creating", "aws:ec2/vpc:Vpc", "{}")).With([])["deployment"]!;

        Assert.Equal("there already", $"{Assert.Single(next["resources"]!.AsArray())!["id"]}");
    }

    [Fact]
    public void What_AWS_has_named_is_asked_for_by_the_stacks_tags_and_its_own_name()
    {
        var create = Assert.Single(State(("creating", "aws:ec2/natGateway:NatGateway", """{"tags": {"Name": "cluster-private-0"}}""")).PendingCreates);

        Assert.Null(create.IdFromInputs);
        Assert.Equal(
            ["--filter", "Name=tag:project,Values=gopher-mesh", "Name=tag:stack,Values=dev", "Name=tag:Name,Values=cluster-private-0"],
            create.Question(Tags)!.SkipWhile(word => word != "--filter"));
    }

    [Theory]
    [InlineData("aws:ec2/route:Route", "rtb-1_0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnet-1/rtb-1", "subnet-1")]
    [InlineData("aws:kms/key:Key", "11-22", "arn:aws:kms:ap-southeast-2:123456789012:key/11-22")]
    [InlineData("aws:ec2/vpc:Vpc", "vpc-1", "vpc-1")]
    public void The_identifier_is_the_one_by_which_the_provider_imports(string type, string id, string word) =>
        Assert.Equal(id, Assert.Single(State(("creating", type, """{"routeTableId": "rtb-1", "subnetId": "subnet-1"}""")).PendingCreates).IdFrom(word));

    [Theory]
    [InlineData("kubernetes:core/v1:Service", true)]
    [InlineData("command:local:Command", true)]
    [InlineData("aws:iam/role:Role", false)]
    public void What_does_no_harm_when_it_is_created_again_is_left_to_the_next_update(string type, bool repeatable) =>
        Assert.Equal(repeatable, Assert.Single(State(("creating", type, "{}")).PendingCreates).CanBeRepeated);

    [Fact]
    public void Updates_and_deletions_are_no_creations_and_releases_are_named_whatever_was_done_to_them()
    {
        var state = State(("updating", "aws:eks/cluster:Cluster", "{}"), ("deleting", "kubernetes:helm.sh/v3:Release", "{}"));

        Assert.Empty(state.PendingCreates);
        Assert.Equal(["name"], state.PendingReleases);
    }

    private static StackDeployment State(params (string Operation, string Type, string Inputs)[] operations) => new(new JsonObject
    {
        ["version"] = 3,
        ["deployment"] = new JsonObject
        {
            ["resources"] = new JsonArray(new JsonObject { ["urn"] = "urn:pulumi:dev::gopher-mesh::aws:ec2/eip:Eip::before", ["type"] = "aws:ec2/eip:Eip", ["id"] = "there already" }),
            ["pending_operations"] = new JsonArray(
            [
                .. operations.Select(item => new JsonObject
                {
                    ["type"] = item.Operation,
                    ["resource"] = new JsonObject
                    {
                        ["urn"] = $"urn:pulumi:dev::gopher-mesh::{item.Type}::name",
                        ["type"] = item.Type,
                        ["inputs"] = JsonNode.Parse(item.Inputs),
                        ["outputs"] = new JsonObject(),
                    },
                }),
            ]),
        },
    });
}
