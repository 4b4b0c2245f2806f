using System.Net;
using System.Net.Sockets;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// The addresses of a network: AWS takes subnets of 16 to 28 bits within their VPC that do not overlap (VPC user guide, "subnet-sizing"), and a cluster needs
/// an address for every pod.
/// </summary>
internal static class AddressPlan
{
    private const int Shortest = 16;

    private const int Longest = 28;

    // 123 addresses without the five of AWS': nodes take whole blocks of 16 for their pods (EKS user guide, "auto-networking").
    private const int LongestOfNodes = 25;

    // Addresses that nobody has on the internet (RFC 1918 and 6598): with others the network does not reach those who have them.
    private static readonly IPNetwork[] Private = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10")];

    private static readonly string[] Destinations = ["destinationCidrBlock", "cidrBlock"];

    public static PolicyRule Rule { get; } = new(
        "address-plan", Severity.Error, "Blocks of addresses are ones that AWS takes, subnets are within their VPC, do not overlap, and have room for pods.",
        stack => OfNetworks(stack).Concat(OfSubnets(stack)).Concat(OfRoutes(stack)).Concat(OfServices(stack)));

    private static IEnumerable<Violation> OfNetworks(RenderedStack stack) =>
        from network in stack.OfType(ProviderAnswers.Vpc)
        let text = network.Inputs.Text("cidrBlock")
        where text is not null
        let problem = Problem(text) ?? (Private.Any(block => Contains(block, IPNetwork.Parse(text))) ? null : "are addresses of others on the internet, whom the network then does not reach")
        where problem is not null
        select new Violation(RenderedStack.NameOf(network), $"cidrBlock {text}: {problem}", "Take a private block of 16 to 28 bits, such as 10.0.0.0/16.");

    private static IEnumerable<Violation> OfSubnets(RenderedStack stack)
    {
        var nodes = AwsNetwork.OfNodes(stack).ToHashSet();
        var before = new List<(DeclaredResource Subnet, IPNetwork Block)>();
        foreach (var subnet in stack.OfType(AwsReferences.Subnet).Where(subnet => subnet.Inputs.Text("cidrBlock") is not null))
        {
            var (name, text, network) = (RenderedStack.NameOf(subnet), subnet.Inputs.Text("cidrBlock")!, subnet.Inputs.Text("vpcId"));
            if (Problem(text) is { } problem)
            {
                yield return new(name, $"cidrBlock {text}: {problem}", "Take a block of the VPC's, of 16 to 28 bits.");
                continue;
            }

            var block = IPNetwork.Parse(text);
            var around = Blocks(stack, network);
            if (around.Count > 0 && !around.Exists(whole => Contains(whole, block)))
            {
                yield return new(name, $"cidrBlock {text} is not within its VPC's {string.Join(" or ", around)}: AWS refuses it", "Take a block of the VPC's.");
            }

            foreach (var (other, taken) in before.Where(other => other.Subnet.Inputs.Text("vpcId") == network && (Contains(other.Block, block) || Contains(block, other.Block))))
            {
                yield return new(name, $"cidrBlock {text} overlaps that of {RenderedStack.NameOf(other)}, {taken}: AWS refuses it", "Take a block that is free.");
            }

            if (nodes.Contains(subnet) && block.PrefixLength > LongestOfNodes)
            {
                yield return new(name, $"cidrBlock {text} has {(1 << (32 - block.PrefixLength)) - 5} addresses for nodes and all their pods", "Take a larger block.");
            }

            before.Add((subnet, block));
        }
    }

    private static List<IPNetwork> Blocks(RenderedStack stack, string? network) =>
        [.. (AwsReferences.Find(stack, network, ProviderAnswers.Vpc) is { } vpc ? [vpc] : Array.Empty<DeclaredResource>())
            .Concat(stack.OfType("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation").Where(more => more.Inputs.Text("vpcId") == network))
            .Select(found => found.Inputs.Text("cidrBlock") ?? "").Where(text => Problem(text) is null).Select(IPNetwork.Parse)];

    private static IEnumerable<Violation> OfRoutes(RenderedStack stack) =>
        from route in stack.Resources
        where route.Type is "aws:ec2/route:Route" or AwsReferences.RouteTable
        from found in route.Inputs.Walk()
        where Destinations.Contains(found.Path.Split('.')[^1]) && found.Node.AsText() is { } text && !IsBlock(text, out _)
        select new Violation(RenderedStack.NameOf(route), $"{found.Path} {found.Node.AsText()} is no block of addresses", "Write an address and the bits of its prefix, with none set beyond them.");

    // EKS user guide, "create-cluster", Kubernetes service IP address range: private, 12 to 24 bits, and not the VPC's.
    private static IEnumerable<Violation> OfServices(RenderedStack stack) =>
        from cluster in EksCluster.In(stack)
        let text = cluster.Inputs.Text("kubernetesServiceIpAddressRange") ?? cluster.Inputs.Text("kubernetesNetworkConfig.serviceIpv4Cidr")
        where text is not null
        let problem = !IsBlock(text, out var block) || block.PrefixLength is < 12 or > 24 || !Private.SkipLast(1).Any(whole => Contains(whole, block)) ? "is no private block of 12 to 24 bits"
            : Blocks(stack, cluster.Inputs.Text(cluster.NetworkPath + "vpcId")).Exists(network => Contains(network, block) || Contains(block, network)) ? "overlaps the VPC's: pods do not reach what has these addresses"
            : null
        where problem is not null
        select new Violation(cluster.DisplayName, $"the Services' block {text} {problem}", "Leave it to EKS, which takes one that is free.");

    /// <summary>Whether a text is a block of addresses, with no bit set beyond its prefix; .NET takes such bits and drops them.</summary>
    public static bool IsBlock(string text, out IPNetwork block) => IPNetwork.TryParse(text, out block) && block.ToString() == text;

    private static string? Problem(string text) =>
        !IsBlock(text, out var block) || block.BaseAddress.AddressFamily != AddressFamily.InterNetwork ? "is no block of IPv4 addresses"
        : block.PrefixLength is < Shortest or > Longest ? $"has {block.PrefixLength} bits, and AWS takes {Shortest} to {Longest}"
        : null;

    private static bool Contains(IPNetwork whole, IPNetwork part) => whole.PrefixLength <= part.PrefixLength && whole.Contains(part.BaseAddress);
}
