using System.Collections.Immutable;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The network that the dev stack declares.</summary>
public class NetworkTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>
{
    private const string Association = "aws:ec2/routeTableAssociation:RouteTableAssociation";

    private readonly DevStack _stack = fixture.Stack;

    [Fact]
    public void Has_a_public_and_a_private_subnet_in_each_zone_that_load_balancers_find()
    {
        var subnets = _stack.OfType("aws:ec2/subnet:Subnet").Select(subnet => (
            Block: (string)subnet.Inputs["cidrBlock"]!,
            Zone: (string)subnet.Inputs["availabilityZone"]!,
            Role: subnet.Inputs["tags"]!.AsObject().Single(tag => tag.Key != "Name").Key));

        Assert.Equal(
            [
                ("10.0.0.0/18", "ap-southeast-2a", "kubernetes.io/role/internal-elb"),
                ("10.0.128.0/18", "ap-southeast-2c", "kubernetes.io/role/internal-elb"),
                ("10.0.192.0/20", "ap-southeast-2a", "kubernetes.io/role/elb"),
                ("10.0.208.0/20", "ap-southeast-2b", "kubernetes.io/role/elb"),
                ("10.0.224.0/20", "ap-southeast-2c", "kubernetes.io/role/elb"),
                ("10.0.64.0/18", "ap-southeast-2b", "kubernetes.io/role/internal-elb"),
            ],
            subnets.Order());
    }

    [Fact]
    public void Gives_no_instance_a_public_address() =>
        Assert.All(_stack.OfType("aws:ec2/subnet:Subnet"), subnet => Assert.False((bool)subnet.Inputs["mapPublicIpOnLaunch"]!));

    [Fact]
    public void Closes_the_default_security_group()
    {
        var group = _stack.Inputs("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
        Assert.False(group.ContainsKey("ingress") || group.ContainsKey("egress"));
    }

    [Fact]
    public void Reaches_S3_without_NAT()
    {
        var endpoint = _stack.Inputs("aws:ec2/vpcEndpoint:VpcEndpoint");
        Assert.Equal(("com.amazonaws.ap-southeast-2.s3", "Gateway", 3), ((string)endpoint["serviceName"]!, (string)endpoint["vpcEndpointType"]!, endpoint["routeTableIds"]!.AsArray().Count));
    }

    [Theory]
    [InlineData("one", 1)]
    [InlineData("perZone", 3)]
    public async Task Has_as_many_NAT_gateways_as_wanted(string setting, int gateways)
    {
        var stack = await DevStack.DeclareAsync($"natGateways={setting}");
        Assert.Equal(gateways, stack.OfType("aws:ec2/natGateway:NatGateway").Count());
        Assert.Equal(gateways, stack.OfType("aws:ec2/eip:Eip").Count());
    }

    // A subnet has one association, and the engine creates before it deletes: AWS would refuse one that has changed its name.
    [Fact]
    public async Task The_number_of_NAT_gateways_changes_only_the_targets_of_routes()
    {
        var one = await DevStack.DeclareAsync("natGateways=one");
        var perZone = await DevStack.DeclareAsync("natGateways=perZone");

        Assert.Equal(6, one.OfType(Association).Count());
        Assert.All([Association, "aws:ec2/routeTable:RouteTable", "aws:ec2/vpcEndpoint:VpcEndpoint"], type => Assert.Equal(Inputs(one, type), Inputs(perZone, type)));
        Assert.Equal(
            ["cluster-private-1", "cluster-private-2"],
            Inputs(perZone, "aws:ec2/route:Route").Except(Inputs(one, "aws:ec2/route:Route")).Select(route => route.Name).Order());
        Assert.Subset(Inputs(perZone, "aws:ec2/natGateway:NatGateway").ToHashSet(), Inputs(one, "aws:ec2/natGateway:NatGateway").ToHashSet());

        static IEnumerable<(string Name, string Inputs)> Inputs(DevStack stack, string type) =>
            stack.OfType(type).Select(resource => (resource.Name, resource.Inputs.ToJsonString()));
    }

    [Fact]
    public async Task Uses_an_existing_network_and_declares_nothing_in_it()
    {
        var stack = await DevStack.DeclareAsync(
            "vpcId=vpc-0123456789abcdef0", """privateSubnetIds=["subnet-00000001","subnet-00000002"]""", """publicSubnetIds=["subnet-00000003","subnet-00000004"]""");
        var cluster = stack.Inputs("eks:index:Cluster");

        Assert.Equal("vpc-0123456789abcdef0", (string)cluster["vpcId"]!);
        AssertJson.Equal("""["subnet-00000001","subnet-00000002"]""", cluster["privateSubnetIds"]);
        AssertJson.Equal("""["subnet-00000003","subnet-00000004"]""", cluster["publicSubnetIds"]);
        AssertJson.Equal("""[{"id":"subnet-00000001"},{"id":"subnet-00000002"}]""", stack.Inputs("kubernetes:eks.amazonaws.com/v1:NodeClass")["spec"]!["subnetSelectorTerms"]);
        // A resource that is only read has no inputs.
        Assert.DoesNotContain(stack.Resources, resource => resource.Type.StartsWith("aws:ec2/", StringComparison.Ordinal) && resource.Inputs.Count > 0);
    }

    [Fact]
    public async Task Puts_an_internal_load_balancer_into_the_existing_private_subnets()
    {
        var stack = await DevStack.DeclareAsync(
            "vpcId=vpc-0123456789abcdef0", """privateSubnetIds=["subnet-00000001","subnet-00000002"]""", "gatewayScheme=internal", "apiPrivate=true");

        // The component takes no empty list.
        Assert.False(stack.Inputs("eks:index:Cluster").ContainsKey("publicSubnetIds"));
        Assert.Empty(stack.Warnings);
    }

    [Fact]
    public void Accepts_an_existing_network_that_has_what_EKS_and_Auto_Mode_need() => Assert.Empty(Problems());

    [Theory]
    [InlineData("vpcId", "--enable-dns-hostnames", "names")]
    [InlineData("privateSubnetIds[1]", "use a subnet of vpcId, vpc-0123456789abcdef0: this one is in vpc-2", "vpc")]
    [InlineData("privateSubnetIds[1]", "EKS cannot place its network interfaces in use1-az3", "zoneId")]
    [InlineData("privateSubnetIds[1]", "a subnet of its zone, a, is listed already", "twice")]
    [InlineData("privateSubnetIds[1]", "name a public subnet of its zone, c, in publicSubnetIds", "elsewhere")]
    [InlineData("publicSubnetIds[0]", "aws ec2 create-tags --resources subnet-00000003 --tags Key=kubernetes.io/role/elb,Value=1", "tag")]
    public void Refuses_an_existing_network_by_the_setting_to_change(string setting, string remedy, string fault)
    {
        var error = Assert.Single(Problems(fault));
        Assert.Equal($"gopher-mesh:{setting}", error.Key);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    private static ImmutableArray<SettingError> Problems(string fault = "")
    {
        const string Vpc = "vpc-0123456789abcdef0";
        var settings = StackFiles.Dev(
            ("vpcId", Vpc), ("privateSubnetIds", """["subnet-00000001","subnet-00000002"]"""), ("publicSubnetIds", """["subnet-00000003","subnet-00000004"]""")).Read();
        var second = new FoundSubnet("subnet-00000002", Vpc, "b", "b", []);
        return ExistingNetwork.Problems(
            settings.Eks.Network,
            resolvesNames: fault != "names",
            [
                new("subnet-00000001", Vpc, "a", "a", []),
                fault switch
                {
                    "vpc" => second with { VpcId = "vpc-2" },
                    "zoneId" => second with { ZoneId = "use1-az3" },
                    "twice" => second with { Zone = "a" },
                    "elsewhere" => second with { Zone = "c" },
                    _ => second,
                },
            ],
            [new("subnet-00000003", Vpc, "a", "a", fault == "tag" ? [] : ["kubernetes.io/role/elb"]), new("subnet-00000004", Vpc, "b", "b", ["kubernetes.io/role/elb"])]);
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("rejected", "REJECT")]
    [InlineData("all", "ALL")]
    public async Task Records_the_connections_that_are_wanted(string setting, string? traffic) =>
        Assert.Equal(traffic, (await DevStack.DeclareAsync($"flowLogs={setting}")).OfType("aws:ec2/flowLog:FlowLog").Select(log => (string?)log.Inputs["trafficType"]).SingleOrDefault());
}
