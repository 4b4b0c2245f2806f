using System.Net;
using GopherMesh.Infra.Eks.Network;

namespace GopherMesh.Tests.Unit.Eks;

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
