using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Where a declared network leads: nodes out by NAT, load balancers in by an internet gateway, each by the route table of its subnet (VPC user guide,
/// "Route tables"; EKS user guide, "network-reqs"). Of a subnet that is only read nobody knows the routes.
/// </summary>
internal static class AwsNetwork
{
    /// <summary>The tag by which load balancers that the internet reaches find their subnets (EKS user guide, "tag-subnets-auto").</summary>
    public const string PublicTag = "kubernetes.io/role/elb";

    /// <summary>That of load balancers inside.</summary>
    public const string InternalTag = "kubernetes.io/role/internal-elb";

    private const string Vpc = "aws:ec2/vpc:Vpc";

    private const string Everywhere = "0.0.0.0/0";

    private const string Nat = "aws:ec2/natGateway:NatGateway";

    private const string Endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";

    // Gateway endpoints exist for these two (AWS PrivateLink guide, "Gateway endpoints").
    private static readonly string[] OfGateways = ["s3", "dynamodb"];

    public static PolicyRule Paths { get; } = new(
        "network-paths", Severity.Error, "A network gives out no public addresses, resolves names, leads out through NAT gateways that reach the internet and in to public subnets alone, and keeps flow logs.",
        stack => OfType(stack, AwsReferences.Subnet, subnet => subnet.Inputs.Flag("mapPublicIpOnLaunch") == true ? "it gives every machine a public address" : null, "Leave mapPublicIpOnLaunch out.")
            .Concat(OfType(stack, Vpc, vpc => IsLogged(stack, vpc) ? null : "there is no flow log of it", "Declare an aws.ec2.FlowLog."))
            .Concat(OfType(stack, Vpc, vpc => IsNamed(vpc) || !EksCluster.In(stack).Any(cluster => cluster.Resource.DependsOn.Contains(vpc.Urn)) ? null : "its machines get no names, or resolve none: nodes cannot join a cluster", "Set enableDnsSupport and enableDnsHostnames."))
            .Concat(OfType(stack, Nat, gateway => IsCutOff(stack, gateway) ? "its subnet has no route to an internet gateway: nothing that it passes on arrives" : null, "Put it in a public subnet."))
            .Concat(OfType(stack, "aws:ec2/eip:Eip", address => IsUsed(stack, address) ? null : "nothing uses the address, which costs as well", "Give it to a NAT gateway, or leave it out."))
            .Concat(OfType(stack, Nat, gateway => gateway.Inputs.Text("connectivityType") == "private" || gateway.Inputs.Text("allocationId") is not null || stack.OfType("aws:ec2/eip:Eip").Any(address => gateway.DependsOn.Contains(address.Urn)) ? null : "it has no address: AWS refuses it", "Give it an aws.ec2.Eip in allocationId."))
            .Concat(OfType(stack, "aws:ec2/route:Route", route => IsAroundNat(stack, route) ? "a subnet with private load balancers leads straight to the internet" : null, "Name a NAT gateway in natGatewayId."))
            .Concat(OfWays(stack)).Concat(OfTags(stack)).Concat(OfEndpoints(stack)).Concat(OfSame(stack)))
    {
        Others = "checkov CKV_AWS_130, CKV2_AWS_11, CKV2_AWS_19, CKV2_AWS_35",
    };

    /// <summary>The declared subnets of a NodeClass or of a list of a cluster's.</summary>
    public static IEnumerable<DeclaredResource> Subnets(RenderedStack stack, IEnumerable<string?> ids) =>
        ids.Select(id => AwsReferences.Find(stack, id, AwsReferences.Subnet)).OfType<DeclaredResource>().Where(subnet => !subnet.IsRead).Distinct();

    /// <summary>The declared subnets in which nodes are.</summary>
    public static IEnumerable<DeclaredResource> OfNodes(RenderedStack stack) => Subnets(stack, stack.OfKind("NodeClass").SelectMany(declared => declared.Body.Items("spec.subnetSelectorTerms")).Select(term => term.Text("id")));

    /// <summary>The route tables of a subnet; none where it has the VPC's own.</summary>
    public static IReadOnlyList<DeclaredResource> Tables(RenderedStack stack, DeclaredResource subnet) =>
        [.. from association in stack.OfType("aws:ec2/routeTableAssociation:RouteTableAssociation")
            where AwsReferences.Find(stack, association.Inputs.Text("subnetId"), AwsReferences.Subnet) == subnet
            select AwsReferences.Find(stack, association.Inputs.Text("routeTableId"), AwsReferences.RouteTable) into table
            where table is not null
            select table];

    /// <summary>The routes of a table to everywhere, its own or declared beside it.</summary>
    public static IEnumerable<JsonObject> DefaultRoutes(RenderedStack stack, DeclaredResource table) =>
        stack.OfType("aws:ec2/route:Route").Where(route => AwsReferences.Find(stack, route.Inputs.Text("routeTableId"), AwsReferences.RouteTable) == table && route.Inputs.Text("destinationCidrBlock") == Everywhere).Select(route => route.Inputs)
            .Concat(table.Inputs.Objects("routes").Where(route => route.Text("cidrBlock") == Everywhere));

    /// <summary>Whether a subnet has a tag by which a load balancer finds it.</summary>
    public static bool HasTag(DeclaredResource subnet, string tag) => subnet.Inputs.At("tags").Member(tag).AsText() is "1" or "";

    private static IEnumerable<Violation> OfType(RenderedStack stack, string type, Func<DeclaredResource, string?> problem, string remedy) =>
        from resource in stack.OfType(type)
        where !resource.IsRead
        let found = problem(resource)
        where found is not null
        select new Violation(RenderedStack.NameOf(resource), found, remedy);

    private static bool IsLogged(RenderedStack stack, DeclaredResource vpc) => stack.OfType("aws:ec2/flowLog:FlowLog").Any(log => log.DependsOn.Contains(vpc.Urn));

    // EKS user guide, "network-reqs"; AWS's default of the first is true, of the second false.
    private static bool IsNamed(DeclaredResource vpc) => vpc.Inputs.Flag("enableDnsSupport") != false && vpc.Inputs.Flag("enableDnsHostnames") == true;

    // A public NAT gateway is in a subnet whose route table leads to an internet gateway (VPC user guide, "NAT gateways"). Without a table of its own a subnet has the VPC's.
    private static bool IsCutOff(RenderedStack stack, DeclaredResource gateway) =>
        gateway.Inputs.Text("connectivityType") != "private" && AwsReferences.Find(stack, gateway.Inputs.Text("subnetId"), AwsReferences.Subnet) is { IsRead: false } subnet && !LeadsToInternet(stack, subnet);

    private static bool LeadsToInternet(RenderedStack stack, DeclaredResource subnet) => Tables(stack, subnet).SelectMany(table => DefaultRoutes(stack, table)).Any(route => route.Text("gatewayId") is not null);

    private static bool IsUsed(RenderedStack stack, DeclaredResource address) => stack.Resources.Any(resource => resource.DependsOn.Contains(address.Urn));

    // Subnets for load balancers inside are private (EKS user guide, "network-reqs").
    private static bool IsAroundNat(RenderedStack stack, DeclaredResource route) =>
        route.Inputs.Text("gatewayId") is not null && AwsReferences.Find(stack, route.Inputs.Text("routeTableId"), AwsReferences.RouteTable) is { } table
            && stack.OfType(AwsReferences.Subnet).Any(subnet => HasTag(subnet, InternalTag) && Tables(stack, subnet).Contains(table));

    private static IEnumerable<Violation> OfWays(RenderedStack stack)
    {
        var clusters = EksCluster.In(stack).ToList();
        var publicOnes = Subnets(stack, clusters.SelectMany(cluster => cluster.Inputs.Texts("publicSubnetIds"))).ToList();
        foreach (var cluster in clusters.Where(cluster => cluster.Inputs.Text("vpcId") is not null && OfNodes(stack).Any() && !cluster.Inputs.Texts("privateSubnetIds").Concat(cluster.Inputs.Texts("subnetIds")).Any()))
        {
            yield return new(cluster.DisplayName, "it has no privateSubnetIds: nodes in private subnets reach its API by public ones alone", "Name the subnets of the nodes.");
        }

        foreach (var subnet in publicOnes.Where(subnet => !LeadsToInternet(stack, subnet)))
        {
            yield return new(RenderedStack.NameOf(subnet), "it is one of publicSubnetIds, and its route table does not lead to an internet gateway: nobody reaches a load balancer in it", $"Give its table a route for {Everywhere} to the internet gateway.");
        }

        foreach (var subnet in OfNodes(stack).Concat(Subnets(stack, clusters.SelectMany(cluster => cluster.Inputs.Texts("privateSubnetIds")))).Distinct())
        {
            var routes = Tables(stack, subnet).SelectMany(table => DefaultRoutes(stack, table)).ToList();
            if (routes.Count == 0 || routes.Exists(route => route.Text("gatewayId") is not null) && subnet.Inputs.Flag("mapPublicIpOnLaunch") != true)
            {
                yield return new(
                    RenderedStack.NameOf(subnet),
                    routes.Count == 0 ? $"it is for nodes, and no route table of it has a route for {Everywhere}: they reach neither AWS nor a registry" : "it is for nodes, which have no public addresses, and its route table leads to an internet gateway: they have no way out",
                    $"Give its table a route for {Everywhere} to a NAT gateway.");
            }
        }

        foreach (var subnet in stack.OfType(AwsReferences.Subnet).Where(subnet => !subnet.IsRead && Tables(stack, subnet).Count > 1))
        {
            yield return new(RenderedStack.NameOf(subnet), "it has more than one route table, and AWS takes one", "Leave one association.");
        }
    }

    private static IEnumerable<Violation> OfTags(RenderedStack stack) =>
        from subnet in stack.OfType(AwsReferences.Subnet)
        where !subnet.IsRead
        let leads = LeadsToInternet(stack, subnet)
        from tag in (string[])[PublicTag, InternalTag]
        let value = subnet.Inputs.At("tags").Member(tag).AsText()
        where value is not null
        let problem = !HasTag(subnet, tag) ? $"its tag {tag} is {value}, and only 1 counts"
            : tag == PublicTag && !leads ? $"it has the tag {tag}, and does not lead to the internet: nobody reaches a load balancer in it"
            : tag == InternalTag && leads ? $"it has the tag {tag}, and leads to the internet"
            : null
        where problem is not null
        select new Violation(RenderedStack.NameOf(subnet), problem, $"Tag public subnets with {PublicTag}: 1, private ones with {InternalTag}: 1.");

    private static IEnumerable<Violation> OfEndpoints(RenderedStack stack) => OfType(
        stack, Endpoint,
        endpoint => (endpoint.Inputs.Text("vpcEndpointType") ?? "Gateway") switch
        {
            "Gateway" when endpoint.Inputs.Text("serviceName") is { } service && !OfGateways.Contains(service.Split('.')[^1]) => $"its type is Gateway, which {service} does not have",
            "Gateway" when endpoint.Inputs.Items("subnetIds").Any() || endpoint.Inputs.Flag("privateDnsEnabled") == true => "its type is Gateway, and it has what only the type Interface takes",
            "Gateway" when !endpoint.Inputs.Items("routeTableIds").Any() => "no route table leads to it",
            not "Gateway" when endpoint.Inputs.Items("routeTableIds").Any() => "it has route tables, which only the type Gateway takes",
            _ => null,
        },
        "Use the type Gateway with route tables for S3 and DynamoDB, and the type Interface with subnets for others.");

    private static IEnumerable<Violation> OfSame(RenderedStack stack) =>
        from route in stack.OfType("aws:ec2/route:Route")
        group route by (Table: route.Inputs.Text("routeTableId"), To: route.Inputs.Text("destinationCidrBlock")) into same
        where same.Key.Table is not null && same.Key.To is not null && same.Count() > 1
        select new Violation(RenderedStack.NameOf(same.Last()), $"it and {RenderedStack.NameOf(same.First())} both are the route of {same.Key.Table} for {same.Key.To}, and AWS takes one", "Leave one of them.");
}
