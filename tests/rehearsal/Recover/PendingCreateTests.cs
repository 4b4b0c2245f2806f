using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Recover;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Recover;

/// <summary>How what an interrupted update created is found, by its kind.</summary>
[Collection(LiveTests.Name)]
public sealed class PendingCreateTests
{
    private const string OnlyRead = "aws:route53/zone:Zone";

    private static readonly KeyValuePair<string, string>[] Tags = [new("project", "gopher-mesh"), new("stack", "dev")];

    // What the component eks.Cluster creates in AWS: the program only names the component.
    private static readonly string[] OfTheClusterComponent =
        ["aws:eks/cluster:Cluster", "aws:eks/accessEntry:AccessEntry", "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"];

    [Fact]
    public async Task Every_kind_that_the_program_creates_is_known()
    {
        string[] settings =
        [
            "flowLogs=all", "metricsServer=true", "hostedZoneId=Z0123456789ABCDEFGHIJ", """gatewayHosts=["gophers.example.com"]""",
            "requesterRoleArn=arn:aws:iam::123456789012:role/gopher-requester", "observability=true", "canaryVersion=v2",
        ];
        var declared = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "dev", settings));

        var kinds = declared.Resources.Select(resource => resource.Type).Where(type => !type.StartsWith("gopher-mesh:", StringComparison.Ordinal) && type != "eks:index:Cluster")
            .Except([OnlyRead]).Concat(OfTheClusterComponent).Distinct().ToList();

        Assert.Contains("aws:route53/record:Record", kinds);
        Assert.DoesNotContain(kinds, kind => !Create(kind).IsKnown);
    }

    [Fact]
    public void What_AWS_has_named_is_looked_for_by_the_stacks_tags_and_its_own_name() => Assert.Equal(
        ["--filter", "Name=tag:project,Values=gopher-mesh", "Name=tag:stack,Values=dev", "Name=tag:Name,Values=gopher-mesh-dev/cluster-private-0"],
        Create("aws:ec2/natGateway:NatGateway", """{"tags": {"Name": "gopher-mesh-dev/cluster-private-0"}}""").Question(Tags)!.SkipWhile(word => word != "--filter"));

    [Theory]
    [InlineData("aws:eks/cluster:Cluster", """{"name": "gopher-mesh-dev"}""", "gopher-mesh-dev")]
    [InlineData("aws:eks/addon:Addon", """{"clusterName": "gopher-mesh-dev", "addonName": "metrics-server"}""", "gopher-mesh-dev:metrics-server")]
    [InlineData("aws:iam/rolePolicy:RolePolicy", """{"role": "logs", "name": "write"}""", "logs:write")]
    [InlineData("aws:route53/record:Record", """{"zoneId": "Z1", "name": "_a.example.com.", "type": "CNAME"}""", "Z1__a.example.com_CNAME")]
    public void A_kind_whose_name_is_fixed_has_the_identifier_by_which_the_provider_imports_it(string type, string inputs, string id) =>
        Assert.Equal(id, Create(type, inputs).IdFromInputs);

    [Theory]
    [InlineData("aws:ec2/route:Route", "rtb-1_0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("aws:ec2/routeTableAssociation:RouteTableAssociation", "subnet-1/rtb-1", "subnet-1")]
    [InlineData("aws:kms/key:Key", "11-22", "arn:aws:kms:ap-southeast-2:123456789012:key/11-22")]
    [InlineData("aws:ec2/vpc:Vpc", "vpc-1", "vpc-1")]
    [InlineData("aws:acm/certificate:Certificate", "arn:aws:acm:ap-southeast-2:123456789012:certificate/11-22", "arn:aws:acm:ap-southeast-2:123456789012:certificate/11-22")]
    [InlineData("aws:eks/podIdentityAssociation:PodIdentityAssociation", "gopher-mesh-dev,a-1", "a-1")]
    public void A_kind_that_AWS_names_has_the_identifier_by_which_the_provider_imports_it(string type, string id, string word) =>
        Assert.Equal(id, Create(type, """{"routeTableId": "rtb-1", "subnetId": "subnet-1", "clusterName": "gopher-mesh-dev"}""").IdFrom(word));

    [Fact]
    public void A_key_that_waits_for_its_deletion_is_not_taken() =>
        Assert.Contains("KeyState=='Enabled'", Create("aws:kms/key:Key").Check("11-22")![^1], StringComparison.Ordinal);

    private static PendingCreate Create(string type, string inputs = "{}") =>
        new(new JsonObject { ["urn"] = $"urn:pulumi:dev::gopher-mesh::{type}::name", ["type"] = type, ["inputs"] = JsonNode.Parse(inputs) });
}
