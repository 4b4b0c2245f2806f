using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

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
        where !stack.OfType(Default).Any(closed => closed.DependsOn.Contains(vpc.Urn))
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
