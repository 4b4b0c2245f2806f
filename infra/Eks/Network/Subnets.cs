using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>Declares the two kinds of subnets, with the tags by which load balancers find theirs (EKS user guide, "tag-subnets-auto").</summary>
internal static class Subnets
{
    /// <summary>The tag of a subnet for internet-facing load balancers.</summary>
    public const string LoadBalancerTag = "kubernetes.io/role/elb";

    /// <summary>The tag of a subnet for internal load balancers.</summary>
    public const string InternalLoadBalancerTag = "kubernetes.io/role/internal-elb";

    public static Subnet Public(string name, EksPlan plan, Vpc vpc, ZoneSubnets blocks, Output<string> zone, CustomResourceOptions options) =>
        Declare(name, plan, vpc, blocks.Public.ToString(), zone, LoadBalancerTag, options);

    public static Subnet Private(string name, EksPlan plan, Vpc vpc, ZoneSubnets blocks, Output<string> zone, CustomResourceOptions options) =>
        Declare(name, plan, vpc, blocks.Private.ToString(), zone, InternalLoadBalancerTag, options);

    private static Subnet Declare(string name, EksPlan plan, Vpc vpc, string block, Output<string> zone, string role, CustomResourceOptions options)
    {
        // A zone that AWS opens later may come first in the list. Existing subnets must not move then.
        options.IgnoreChanges = ["availabilityZone"];
        var tags = plan.Named(name);
        tags.Add(role, "1");
        return new Subnet(
            name,
            new()
            {
                VpcId = vpc.Id,
                CidrBlock = block,
                AvailabilityZone = zone,
                MapPublicIpOnLaunch = false,
                Tags = tags,
            },
            options);
    }
}

/// <summary>The routes out of the VPC: the internet gateway for public subnets, NAT for private ones, and a gateway endpoint for S3.</summary>
internal static class SubnetRoutes
{
    private const string Everywhere = "0.0.0.0/0";

    public static void Declare(
        string name,
        EksPlan plan,
        Vpc vpc,
        IReadOnlyList<Subnet> publicSubnets,
        IReadOnlyList<Subnet> privateSubnets,
        Func<CustomResourceOptions> child)
    {
        var internet = new InternetGateway(name, new() { VpcId = vpc.Id, Tags = plan.Named(name) }, child());
        var publicTable = Table($"{name}-public", plan, vpc, child);
        foreach (var (zone, subnet) in publicSubnets.Index())
        {
            Associate($"{name}-public-{zone}", publicTable, subnet, child);
        }

        _ = new Route($"{name}-public", new() { RouteTableId = publicTable.Id, DestinationCidrBlock = Everywhere, GatewayId = internet.Id }, child());

        // A table and an association for each zone under the same names however many NAT gateways there are: AWS refuses a second
        // association of a subnet, and the engine creates before it deletes. So another number of gateways changes routes' targets alone.
        var gateways = publicSubnets.Take(NatGatewaysOf(plan, publicSubnets.Count)).Select((subnet, zone) => Nat($"{name}-private-{zone}", plan, subnet, internet, child)).ToArray();
        var tables = privateSubnets
            .Select((subnet, zone) => PrivateTable($"{name}-private-{zone}", plan, vpc, subnet, gateways[Math.Min(zone, gateways.Length - 1)], child))
            .ToArray();

        // ECR keeps image layers in S3: through the gateway endpoint they cost nothing, through NAT every gigabyte is charged.
        _ = new VpcEndpoint(
            $"{name}-s3",
            new()
            {
                VpcId = vpc.Id,
                ServiceName = $"com.amazonaws.{plan.Settings.Region}.s3",
                VpcEndpointType = "Gateway",
                RouteTableIds = [.. tables.Select(table => table.Id)],
                Tags = plan.Named($"{name}-s3"),
            },
            child());
    }

    private static int NatGatewaysOf(EksPlan plan, int zones) => plan.Settings.Network.NatGateways switch
    {
        NatGateways.One => 1,
        NatGateways.PerZone => zones,
        _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Settings.Network.NatGateways, "not a way to place NAT gateways"),
    };

    private static NatGateway Nat(string name, EksPlan plan, Subnet subnet, InternetGateway internet, Func<CustomResourceOptions> child)
    {
        var address = new Eip(name, new() { Domain = "vpc", Tags = plan.Named(name) }, child());
        var behindInternetGateway = child();
        behindInternetGateway.DependsOn = [internet];
        return new NatGateway(
            name, new() { SubnetId = subnet.Id, AllocationId = address.AllocationId, Tags = plan.Named(name) }, behindInternetGateway);
    }

    private static RouteTable PrivateTable(string name, EksPlan plan, Vpc vpc, Subnet subnet, NatGateway nat, Func<CustomResourceOptions> child)
    {
        var table = Table(name, plan, vpc, child);
        Associate(name, table, subnet, child);
        _ = new Route(name, new() { RouteTableId = table.Id, DestinationCidrBlock = Everywhere, NatGatewayId = nat.Id }, child());
        return table;
    }

    private static RouteTable Table(string name, EksPlan plan, Vpc vpc, Func<CustomResourceOptions> child) =>
        new(name, new() { VpcId = vpc.Id, Tags = plan.Named(name) }, child());

    private static void Associate(string name, RouteTable table, Subnet subnet, Func<CustomResourceOptions> child) =>
        _ = new RouteTableAssociation(name, new() { RouteTableId = table.Id, SubnetId = subnet.Id }, child());
}
