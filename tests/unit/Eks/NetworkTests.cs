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
    public async Task Changes_nothing_but_targets_of_routes_with_the_number_of_NAT_gateways()
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

    [Theory]
    [InlineData("none", null)]
    [InlineData("rejected", "REJECT")]
    [InlineData("all", "ALL")]
    public async Task Records_the_connections_that_are_wanted(string setting, string? traffic) =>
        Assert.Equal(traffic, (await DevStack.DeclareAsync($"flowLogs={setting}")).OfType("aws:ec2/flowLog:FlowLog").Select(log => (string?)log.Inputs["trafficType"]).SingleOrDefault());
}
