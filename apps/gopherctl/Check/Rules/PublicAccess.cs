using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>EKS serves the API to the whole internet by default (EKS user guide, "cluster-endpoint").</summary>
internal static class PublicApi
{
    public static PolicyRule Rule { get; } = new(
        "public-api", Severity.Error, "The Kubernetes API does not answer the whole internet.", Violations)
    {
        Others = "checkov CKV_AWS_38, CKV_AWS_39",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from cluster in EksCluster.In(stack)
        where cluster.IsPublic
        let open = Open(cluster.PublicBlocks)
        where open is not null
        select new Violation(
            cluster.DisplayName,
            $"the Kubernetes API answers the whole internet: {open}",
            "Name the blocks that need it (setting apiAllowedCidrs), or switch the public endpoint off.");

    private static string? Open(IReadOnlyList<string> blocks) => blocks switch
    {
        [] => "publicAccessCidrs is not set, which means 0.0.0.0/0",
        _ => blocks.FirstOrDefault(Cidr.IsWholeInternet) is { } all ? $"publicAccessCidrs has {all}" : null,
    };
}

/// <summary>
/// A load balancer may be open to everyone, but only on purpose: the controller opens its security group to
/// loadBalancerSourceRanges, and to everyone where there are none.
/// </summary>
internal static class OpenLoadBalancer
{
    private const string Scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";

    private const string Remedy =
        "Narrow loadBalancerSourceRanges (setting gatewayAllowedCidrs), make it internal (gatewayScheme), or except it with the reason.";

    public static PolicyRule Rule { get; } = new(
        "open-load-balancer", Severity.Warning, "A load balancer that the whole internet reaches has an exception with the reason.", Violations)
    {
        Others = "kube-linter exposed-services",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from service in Services(stack)
        where service.Spec.Text("type") == "LoadBalancer" && service.Annotations?[Scheme].AsText() != "internal" && IsOpen(service.Spec)
        select new Violation(service.Name, "its load balancer is open to the whole internet", Remedy);

    // In a chart's values a Service is a mapping `service` with its type.
    private static IEnumerable<(string Name, JsonNode Spec, JsonNode? Annotations)> Services(RenderedStack stack) =>
        stack.OfKind("Service")
            .Where(manifest => manifest.Body.At("spec") is not null)
            .Select(manifest => (manifest.Manifest.DisplayName, manifest.Body.At("spec")!, manifest.Body.At("metadata.annotations")))
            .Concat(stack.Releases.SelectMany(release => release.Values.Walk()
                .Where(found => found.Path.Split('.')[^1] == "service" && found.Node is JsonObject)
                .Select(found => (release.DisplayName, found.Node, found.Node.At("annotations")))));

    private static bool IsOpen(JsonNode spec) => spec.Texts("loadBalancerSourceRanges").DefaultIfEmpty("0.0.0.0/0").Any(Cidr.IsWholeInternet);
}

/// <summary>
/// No security group lets the whole internet in. The default one of a VPC lets nothing through at all: it belongs to whatever names no
/// other (CIS AWS Foundations Benchmark, "default security group of every VPC restricts all traffic").
/// </summary>
internal static class OpenSecurityGroup
{
    private const string Default = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";

    private const string Remedy = "Name the blocks or security groups that need it.";

    private static readonly string[] Lists = ["cidrBlocks", "ipv6CidrBlocks"];

    private static readonly string[] Directions = ["ingress", "egress"];

    private static readonly string[] Fields = ["cidrIpv4", "cidrIpv6"];

    public static PolicyRule Rule { get; } = new(
        "open-security-group", Severity.Error, "No security group lets everyone in, and a VPC's default one lets nothing through.",
        stack => OpenGroups(stack).Concat(OpenRules(stack)).Concat(FreeDefaults(stack)).Concat(UsedDefaults(stack)))
    {
        Others = "checkov CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_277, CKV2_AWS_12",
    };

    private static IEnumerable<Violation> OpenGroups(RenderedStack stack) =>
        from resource in stack.OfType("aws:ec2/securityGroup:SecurityGroup")
        from rule in resource.Inputs.Items("ingress")
        let open = OpenBlock(rule)
        where open is not null
        select new Violation(RenderedStack.NameOf(resource), $"ingress lets {open} in", Remedy);

    private static IEnumerable<Violation> OpenRules(RenderedStack stack) =>
        from resource in stack.Resources
        where resource.Type == "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
            || (resource.Type == "aws:ec2/securityGroupRule:SecurityGroupRule" && resource.Inputs.Text("type") == "ingress")
        let open = OpenBlock(resource.Inputs)
        where open is not null
        select new Violation(RenderedStack.NameOf(resource), $"it lets {open} in", Remedy);

    private static IEnumerable<Violation> FreeDefaults(RenderedStack stack) =>
        from vpc in stack.OfType("aws:ec2/vpc:Vpc")
        where !vpc.IsRead && !stack.OfType(Default).Any(closed => closed.DependsOn.Contains(vpc.Urn))
        select new Violation(
            RenderedStack.NameOf(vpc), "its default security group is as AWS makes it: open among its members",
            "Declare an aws.ec2.DefaultSecurityGroup of this VPC without rules.");

    private static IEnumerable<Violation> UsedDefaults(RenderedStack stack) =>
        from resource in stack.OfType(Default)
        from direction in Directions
        where resource.Inputs.Items(direction).Any()
        select new Violation(
            RenderedStack.NameOf(resource), $"a VPC's default security group has rules: {direction}",
            "Take them away, and give what needs them a security group of its own.");

    private static string? OpenBlock(JsonNode rule) =>
        Lists.SelectMany(rule.Texts).Concat(Fields.Select(rule.Text).OfType<string>()).FirstOrDefault(Cidr.IsWholeInternet);
}
