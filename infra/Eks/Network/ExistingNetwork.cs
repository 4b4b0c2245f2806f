using System.Collections.Immutable;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Ec2;

namespace GopherMesh.Infra.Eks.Network;

/// <summary>A subnet as AWS describes it.</summary>
/// <param name="Id">Its ID.</param>
/// <param name="VpcId">The VPC that it is in.</param>
/// <param name="Zone">The name of its availability zone.</param>
/// <param name="ZoneId">The zone's ID, which means the same in every account.</param>
/// <param name="Tags">The names of its tags.</param>
public sealed record FoundSubnet(string Id, string VpcId, string Zone, string ZoneId, ImmutableArray<string> Tags);

/// <summary>
/// An existing network. Its VPC and subnets are read, also at preview, and checked against what EKS and Auto Mode need
/// (EKS user guide, "network-reqs", "tag-subnets-auto"). docs/eks.md lists what cannot be read, above all the private subnets' route out.
/// </summary>
public static class ExistingNetwork
{
    private const string Setting = $"{Project.Name}:";

    /// <summary>Reads and checks the network, then returns its IDs.</summary>
    internal static (Output<string> Vpc, ImmutableArray<Output<string>> Private, ImmutableArray<Output<string>> Public) Find(
        string name, NetworkSettings network, Func<CustomResourceOptions> child)
    {
        var vpc = Vpc.Get(name, network.VpcId!, options: child());
        var privateOnes = Read($"{name}-private", network.PrivateSubnetIds, vpc, child);
        var publicOnes = Read($"{name}-public", network.PublicSubnetIds, vpc, child);
        var sound = Output.Tuple(Output.Tuple(vpc.EnableDnsSupport, vpc.EnableDnsHostnames), privateOnes, publicOnes).Apply(found =>
            Problems(network, found.Item1 is (not false, true), found.Item2, found.Item3) is { IsEmpty: false } problems
                ? throw new RunException(string.Join('\n', ["The existing network cannot be used:", .. problems.Select(problem => $"  {problem}")]))
                : true);

        // Outputs of the check, not the resources' own IDs, so that what uses an ID waits for the check.
        Output<string> Checked(string id) => sound.Apply(_ => id);
        return (Checked(network.VpcId!), [.. network.PrivateSubnetIds.Select(Checked)], [.. network.PublicSubnetIds.Select(Checked)]);
    }

    /// <summary>What EKS would refuse, and subnets that would never get a node or a load balancer. Pure; each error names the setting and what to do.</summary>
    /// <param name="network">What the settings name.</param>
    /// <param name="resolvesNames">Whether the VPC has both of its DNS attributes.</param>
    /// <param name="privateOnes">The private subnets, in the order of the setting.</param>
    /// <param name="publicOnes">The public subnets, in the order of the setting.</param>
    public static ImmutableArray<SettingError> Problems(
        NetworkSettings network, bool resolvesNames, ImmutableArray<FoundSubnet> privateOnes, ImmutableArray<FoundSubnet> publicOnes) =>
    [
        .. resolvesNames ? [] : new[] { NoNames(network.VpcId!) },
        .. OfList("privateSubnetIds", network.VpcId!, privateOnes),
        .. OfList("publicSubnetIds", network.VpcId!, publicOnes),

        // A load balancer sends nothing to a target in a zone where it has no subnet (ELB user guide, "network-load-balancers").
        .. from subnet in privateOnes.Index()
           where !publicOnes.IsEmpty && publicOnes.All(other => other.Zone != subnet.Item.Zone)
           select Error($"privateSubnetIds[{subnet.Index}]", subnet.Item.Id, $"name a public subnet of its zone, {subnet.Item.Zone}, in publicSubnetIds: the load balancer sends to no pod there"),

        // The load balancer's subnets. Auto Mode finds them by these tags.
        .. publicOnes.IsEmpty
            ? Untagged("privateSubnetIds", privateOnes, Subnets.InternalLoadBalancerTag)
            : Untagged("publicSubnetIds", publicOnes, Subnets.LoadBalancerTag),
    ];

    private static SettingError NoNames(string vpc) => Error(
        "vpcId", vpc,
        "give the VPC both DNS attributes, by which nodes find the API: "
        + $"aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-support; aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-hostnames");

    private static IEnumerable<SettingError> OfList(string setting, string vpc, ImmutableArray<FoundSubnet> subnets)
    {
        foreach (var (index, subnet) in subnets.Index())
        {
            var key = $"{setting}[{index}]";
            if (subnet.VpcId != vpc)
            {
                yield return Error(key, subnet.Id, $"use a subnet of vpcId, {vpc}: this one is in {subnet.VpcId}");
            }

            if (Region.ZonesWithoutEks.Contains(subnet.ZoneId))
            {
                yield return Error(key, subnet.Id, $"use a subnet of another zone: EKS cannot place its network interfaces in {subnet.ZoneId}");
            }

            if (subnets.Take(index).Any(other => other.Zone == subnet.Zone))
            {
                yield return Error(key, subnet.Id, $"remove it: a subnet of its zone, {subnet.Zone}, is listed already");
            }
        }
    }

    private static IEnumerable<SettingError> Untagged(string setting, ImmutableArray<FoundSubnet> subnets, string tag) =>
        from subnet in subnets.Index()
        where !subnet.Item.Tags.Contains(tag)
        select Error(
            $"{setting}[{subnet.Index}]", subnet.Item.Id,
            $"tag it, or Auto Mode puts no load balancer there: aws ec2 create-tags --resources {subnet.Item.Id} --tags Key={tag},Value=1");

    private static SettingError Error(string member, string found, string remedy) => new($"{Setting}{member}", found, remedy);

    private static Output<ImmutableArray<FoundSubnet>> Read(string name, ImmutableArray<string> ids, Vpc vpc, Func<CustomResourceOptions> child) =>
        Output.All(ids.Select((id, index) =>
        {
            var afterVpc = child();
            afterVpc.DependsOn = [vpc];
            var subnet = Subnet.Get($"{name}-{index}", id, options: afterVpc);
            return Output.Tuple(subnet.VpcId, subnet.AvailabilityZone, subnet.AvailabilityZoneId, subnet.Tags)
                .Apply(found => new FoundSubnet(id, found.Item1, found.Item2, found.Item3, [.. found.Item4?.Keys ?? []]));
        }));
}
