using System.Collections.Immutable;
using System.Net;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;
using Moq;
using Pulumi;
using Pulumi.Testing;

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

public class NetworkPlanTests
{
    [Fact]
    public void Gives_each_zone_a_quarter_for_pods_and_a_part_of_the_last_quarter_for_load_balancers() =>
        Assert.Equal(
            [("10.0.0.0/18", "10.0.192.0/20"), ("10.0.64.0/18", "10.0.208.0/20"), ("10.0.128.0/18", "10.0.224.0/20")],
            NetworkPlan.For(IPNetwork.Parse("10.0.0.0/16"), 3).Zones.Select(zone => ($"{zone.Private}", $"{zone.Public}")));

    [Fact]
    public void Leaves_each_zone_of_the_smallest_network_251_addresses_for_pods() =>
        Assert.Equal(
            [("10.0.4.0/24", "10.0.7.0/26"), ("10.0.5.0/24", "10.0.7.64/26"), ("10.0.6.0/24", "10.0.7.128/26")],
            NetworkPlan.For(IPNetwork.Parse("10.0.4.0/22"), 3).Zones.Select(zone => ($"{zone.Private}", $"{zone.Public}")));

    [Theory]
    [InlineData("10.1.240.0/20", 3)]
    [InlineData("10.0.0.0/16", 2)]
    [InlineData("10.255.0.0/16", 3)]
    [InlineData("255.255.0.0/16", 3)]
    public void Every_subnet_is_in_the_network_and_apart_from_the_others(string vpc, int zones)
    {
        var plan = NetworkPlan.For(IPNetwork.Parse(vpc), zones);
        var subnets = plan.Zones.SelectMany(zone => new[] { zone.Private, zone.Public }).ToArray();

        Assert.Equal(2 * zones, subnets.Length);
        Assert.All(subnets, subnet => Assert.True(plan.Vpc.Contains(subnet.BaseAddress)));
        Assert.All(subnets, subnet => Assert.Single(subnets, other => other.Contains(subnet.BaseAddress) || subnet.Contains(other.BaseAddress)));
    }

    [Theory]
    [InlineData("10.0.0.0/15", 3)]
    [InlineData("10.0.0.0/23", 3)]
    [InlineData("10.0.0.0/16", 1)]
    [InlineData("10.0.0.0/16", 4)]
    public void Refuses_what_it_has_no_room_for(string vpc, int zones) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NetworkPlan.For(IPNetwork.Parse(vpc), zones));

    [Fact]
    public void The_parts_of_a_block_add_up_to_the_block() =>
        Assert.Equal(["192.168.0.0/30", "192.168.0.4/30", "192.168.0.8/30", "192.168.0.12/30"], IPNetwork.Parse("192.168.0.0/28").Split(30).Select(block => $"{block}"));

    [Theory]
    [InlineData(27)]
    [InlineData(33)]
    public void Cannot_split_a_block_into_larger_ones_or_parts_of_an_address(int prefix) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IPNetwork.Parse("192.168.0.0/28").Split(prefix));
}

/// <summary>The request to AWS before subnets are placed.</summary>
public class AvailabilityZoneTests
{
    private const string Function = "aws:index/getAvailabilityZones:getAvailabilityZones";

    [Fact]
    public async Task Requests_the_zones_that_need_no_opt_in_and_can_hold_an_EKS_control_plane()
    {
        var asked = await QuestionAsync();
        var filter = (ImmutableDictionary<string, object>)Assert.Single((ImmutableArray<object>)asked["filters"]);

        Assert.Equal("available", asked["state"]);
        Assert.Equal(["use1-az3", "usw1-az2", "cac1-az3"], Texts(asked["excludeZoneIds"]));
        Assert.Equal("opt-in-status", filter["name"]);
        Assert.Equal(["opt-in-not-required"], Texts(filter["values"]));
    }

    [Theory]
    [InlineData(3, "a,b", "set zones to 2 or use another region.")]
    [InlineData(2, "a", "use another region, since EKS needs at least 2 zones.")]
    public void A_region_with_too_few_is_refused_with_what_can_be_done(int wanted, string found, string remedy) =>
        Assert.EndsWith(
            $"({found.Replace(",", ", ", StringComparison.Ordinal)}): {remedy}",
            Assert.Throws<RunException>(() => AvailabilityZoneNames.Choose("us-west-1", wanted, found.Split(','))).Message,
            StringComparison.Ordinal);

    private static IEnumerable<string> Texts(object list) => ((ImmutableArray<object>)list).Cast<string>();

    private static async Task<ImmutableDictionary<string, object>> QuestionAsync()
    {
        var asked = new List<ImmutableDictionary<string, object>>();
        var mocks = new Mock<IMocks>(MockBehavior.Strict);
        mocks.Setup(engine => engine.CallAsync(It.Is<MockCallArgs>(args => args.Token == Function)))
            .Callback((MockCallArgs args) => asked.Add(args.Args))
            .ReturnsAsync(ImmutableDictionary<string, object>.Empty.Add("names", ImmutableArray.Create<object>("a", "b")));
        mocks.Setup(engine => engine.RegisterResourceOutputs(It.IsAny<MockRegisterResourceOutputsRequest>())).Returns(Task.CompletedTask);
        mocks.Setup(engine => engine.NewResourceAsync(It.IsAny<MockResourceArgs>()))
            .Returns((MockResourceArgs args) => Task.FromResult<(string?, object)>((args.Name, args.Inputs)));

        await Deployment.TestAsync(
            mocks.Object,
            new TestOptions { ProjectName = "gopher-mesh", StackName = "test", IsPreview = false },
            () => new Dictionary<string, object?> { ["zones"] = AvailabilityZoneNames.LookUp("ap-southeast-2", 2, new InvokeOptions()) });
        return Assert.Single(asked);
    }
}
