using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>The ways out of the VPC: the internet gateway for public subnets, NAT for private ones, and S3 without either.</summary>
internal static class Routes
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
        var internet = new InternetGateway(name, new() { VpcId = vpc.Id, Tags = ClusterNetwork.Named(name) }, child());
        var publicTable = Table($"{name}-public", vpc, publicSubnets, child);
        _ = new Route($"{name}-public", new() { RouteTableId = publicTable.Id, DestinationCidrBlock = Everywhere, GatewayId = internet.Id }, child());

        var tables = plan.Settings.Network.NatGateways switch
        {
            NatGateways.One => [PrivateTable($"{name}-private", vpc, publicSubnets[0], privateSubnets, internet, child)],
            NatGateways.PerZone => privateSubnets
                .Select((subnet, zone) => PrivateTable($"{name}-private-{zone}", vpc, publicSubnets[zone], [subnet], internet, child))
                .ToArray(),
            _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Settings.Network.NatGateways, "not a way to place NAT gateways"),
        };

        // ECR keeps image layers in S3: through the gateway endpoint they cost nothing, through NAT every gigabyte is charged.
        _ = new VpcEndpoint(
            $"{name}-s3",
            new()
            {
                VpcId = vpc.Id,
                ServiceName = $"com.amazonaws.{plan.Settings.Region}.s3",
                VpcEndpointType = "Gateway",
                RouteTableIds = [.. tables.Select(table => table.Id)],
                Tags = ClusterNetwork.Named($"{name}-s3"),
            },
            child());
    }

    private static RouteTable PrivateTable(
        string name, Vpc vpc, Subnet natSubnet, IReadOnlyList<Subnet> subnets, InternetGateway internet, Func<CustomResourceOptions> child)
    {
        var address = new Eip(name, new() { Domain = "vpc", Tags = ClusterNetwork.Named(name) }, child());
        var behindInternetGateway = child();
        behindInternetGateway.DependsOn = [internet];
        var nat = new NatGateway(
            name, new() { SubnetId = natSubnet.Id, AllocationId = address.AllocationId, Tags = ClusterNetwork.Named(name) }, behindInternetGateway);

        var table = Table(name, vpc, subnets, child);
        _ = new Route(name, new() { RouteTableId = table.Id, DestinationCidrBlock = Everywhere, NatGatewayId = nat.Id }, child());
        return table;
    }

    private static RouteTable Table(string name, Vpc vpc, IReadOnlyList<Subnet> subnets, Func<CustomResourceOptions> child)
    {
        var table = new RouteTable(name, new() { VpcId = vpc.Id, Tags = ClusterNetwork.Named(name) }, child());
        foreach (var (index, subnet) in subnets.Index())
        {
            _ = new RouteTableAssociation($"{name}-{index}", new() { RouteTableId = table.Id, SubnetId = subnet.Id }, child());
        }

        return table;
    }
}
