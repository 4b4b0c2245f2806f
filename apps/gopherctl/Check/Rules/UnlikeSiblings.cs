using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Resources of one type that a number tells apart (those of zones) say the same, but for what names the number: of three or more, what one says alone is
/// most often a slip.
/// </summary>
internal static partial class UnlikeSiblings
{
    // A majority needs two that agree.
    private const int Fewest = 3;

    // What each has of its own.
    private static readonly string[] Own = ["availabilityZone", "cidrBlock"];

    public static PolicyRule Rule { get; } = new(
        "unlike-siblings", Severity.Warning, "What a stack declares for each zone is the same for all of them, each with its own; who names some names all, and all that is paid for has the stack's tags.",
        stack => OfInputs(stack).Concat(OfZones(stack)).Concat(OfNat(stack)).Concat(OfEndpoints(stack)).Concat(OfLists(stack)).Concat(OfTags(stack)));

    private static IEnumerable<IGrouping<(string Type, string Stem, string? Parent), DeclaredResource>> Families(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead && resource.Type.StartsWith("aws:", StringComparison.Ordinal)
        let numbered = Numbered().Match(resource.Name)
        where numbered.Success
        group resource by (resource.Type, numbered.Groups[1].Value, resource.Parent);

    private static IEnumerable<Violation> OfInputs(RenderedStack stack)
    {
        foreach (var family in Families(stack).Select(family => family.ToList()).Where(family => family.Count >= Fewest))
        {
            var inputs = family.ConvertAll(member => member.Inputs.Walk().Where(found => found.Node is JsonValue).ToDictionary(found => found.Path, found => Common(found.Path, found.Node.ToJsonString())));
            foreach (var path in inputs.SelectMany(values => values.Keys).Distinct())
            {
                var raw = inputs.ConvertAll(values => values.GetValueOrDefault(path));
                var numbered = raw.Zip(family, (value, member) => value?.Replace(Numbered().Match(member.Name).Groups[2].Value, "#", StringComparison.Ordinal)).ToList();
                if (raw.Distinct().Count() > 1 && numbered.Distinct().Count() > 1 && (Odd(numbered) ?? Odd(raw)) is { } odd)
                {
                    yield return new(
                        RenderedStack.NameOf(family[odd]), $"{path} is {raw[odd] ?? "not set"}, unlike that of {string.Join(", ", family.Where(member => member != family[odd]).Select(member => member.Name))}",
                        "Say the same for all of them, or say in an exception why not.");
                }
            }
        }
    }

    // The only one that does not say what all others say.
    private static int? Odd(List<string?> values) =>
        values.CountBy(value => value ?? "").ToList() is { Count: 2 } counts && counts.Exists(count => count.Value == 1) && values.Count >= Fewest
            ? values.FindIndex(value => (value ?? "") == counts.Find(count => count.Value == 1).Key)
            : null;

    private static IEnumerable<Violation> OfZones(RenderedStack stack) =>
        from family in Families(stack)
        from zone in family.GroupBy(member => member.Inputs.Text("availabilityZone"))
        where zone.Key is not null && zone.Count() > 1
        select new Violation(RenderedStack.NameOf(zone.Last()), $"it is in {zone.Key}, as {zone.First().Name} is: another zone has none", "Give each its own zone.");

    private static IEnumerable<Violation> OfNat(RenderedStack stack) =>
        from subnet in AwsNetwork.OfNodes(stack)
        let used = AwsNetwork.Tables(stack, subnet).SelectMany(table => AwsNetwork.DefaultRoutes(stack, table)).Select(route => Zone(stack, route.Text("natGatewayId"))).OfType<string>().ToList()
        let own = stack.OfType("aws:ec2/natGateway:NatGateway").FirstOrDefault(gateway => Zone(stack, $"{gateway.Name}-id") == subnet.Inputs.Text("availabilityZone"))
        where own is not null && used.Count > 0 && !used.Contains(subnet.Inputs.Text("availabilityZone")!)
        select new Violation(RenderedStack.NameOf(subnet), $"it leads out by the NAT gateway of {used[0]}, and its own zone has {own.Name}: it fails with another zone, and pays for the way", "Lead it out by the gateway of its zone.");

    private static IEnumerable<Violation> OfEndpoints(RenderedStack stack) =>
        from endpoint in stack.OfType("aws:ec2/vpcEndpoint:VpcEndpoint")
        where endpoint.Inputs.Items("routeTableIds").Any()
        let tables = endpoint.Inputs.Texts("routeTableIds").Select(id => AwsReferences.Find(stack, id, AwsReferences.RouteTable)).ToList()
        from subnet in AwsNetwork.OfNodes(stack)
        where AwsNetwork.Tables(stack, subnet) is [var table] && !tables.Contains(table)
        select new Violation(RenderedStack.NameOf(endpoint), $"the route table of {subnet.Name} is not among its own: what is for it goes through NAT, and is paid for", "Name the route tables of all subnets with nodes.");

    // A list that names some of a family leaves a zone out.
    private static IEnumerable<Violation> OfLists(RenderedStack stack)
    {
        var families = Families(stack).Select(family => family.ToList()).Where(family => family.Count > 1).ToList();
        return from thing in AwsReferences.Things(stack)
               from list in families.Count == 0 ? [] : thing.Body.Walk()
               where list.Node is JsonArray { Count: > 0 }
               let named = list.Node.AsArray().Select(item => item.AsText() ?? item.Text("id")).OfType<string>().ToHashSet()
               where named.Count > 0
               from family in families
               let left = family.FindAll(member => !named.Contains($"{member.Name}-id"))
               where left.Count > 0 && left.Count < family.Count
               select new Violation(thing.Name, $"{list.Path} names {family.Find(member => !left.Contains(member))!.Name}, and not {string.Join(", ", left.Select(member => member.Name))}", "Name all of them, or say in an exception why not.");
    }

    // The provider's tags do not reach what EKS makes: that has those of the NodeClass and of the Service.
    private static IEnumerable<Violation> OfTags(RenderedStack stack) =>
        from tags in stack.OfType("pulumi:providers:aws").Select(provider => provider.Inputs["defaultTags"]).Select(found => (found.AsText() is { } text ? IamPolicies.Parsed(text) : found).At("tags")).OfType<JsonObject>()
        from holder in stack.OfKind("NodeClass").Select(declared => (Name: declared.Manifest.DisplayName, Own: declared.Body.TextMembers("spec.tags").ToDictionary()))
            .Concat(Balancer.In(stack).Select(balancer => (balancer.Name, Own: BalancerAnnotations.Pairs(balancer.Setting("additional-resource-tags") ?? "").Where(pair => pair.Length == 2).DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1]))))
        from tag in tags
        where holder.Own.GetValueOrDefault(tag.Key) != tag.Value.AsText()
        select new Violation(holder.Name, $"its tag {tag.Key} is {holder.Own.GetValueOrDefault(tag.Key) ?? "not set"}, and the stack's is {tag.Value.AsText()}: what it pays for is not assigned", "Give it the tags of the stack.");

    private static string? Zone(RenderedStack stack, string? gateway) =>
        AwsReferences.Find(stack, gateway, "aws:ec2/natGateway:NatGateway") is { } nat ? AwsReferences.Find(stack, nat.Inputs.Text("subnetId"), AwsReferences.Subnet)?.Inputs.Text("availabilityZone") : null;

    // Of a block only its size can be the same.
    private static string Common(string path, string value) => path == Own[0] ? "" : path == Own[1] ? value.Trim('"').Split('/')[^1] : value;

    [GeneratedRegex(@"\A(.+)-(\d+)\z")]
    private static partial Regex Numbered();
}
