using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What names another resource of AWS' names one that is declared, and that can be there: AWS says so only when the resource is made, and
/// some of it (a group of logs, a role, a tag) never.
/// </summary>
internal static partial class AwsReferences
{
    public const string Role = "aws:iam/role:Role";

    public const string Subnet = "aws:ec2/subnet:Subnet";

    public const string RouteTable = "aws:ec2/routeTable:RouteTable";

    private const string Vpc = ProviderAnswers.Vpc;

    private const string Key = "aws:kms/key:Key";

    private const string Repository = "aws:ecr/repository:Repository";

    // Names of inputs: pulumi-aws 7.48.0, pulumi-eks 4.3.0, and EKS' NodeClass. A star is any member.
    private static readonly Dictionary<string, (string Path, string[] Types)[]> Known = new()
    {
        [Subnet] = [("vpcId", [Vpc])],
        [RouteTable] = [("vpcId", [Vpc])],
        ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"] = [("vpcId", [Vpc])],
        ["aws:ec2/securityGroup:SecurityGroup"] = [("vpcId", [Vpc])],
        ["aws:ec2/internetGateway:InternetGateway"] = [("vpcId", [Vpc])],
        ["aws:ec2/routeTableAssociation:RouteTableAssociation"] = [("subnetId", [Subnet]), ("routeTableId", [RouteTable])],
        ["aws:ec2/route:Route"] =
        [
            ("routeTableId", [RouteTable]), ("natGatewayId", ["aws:ec2/natGateway:NatGateway"]),
            ("gatewayId", ["aws:ec2/internetGateway:InternetGateway", "aws:ec2/vpnGateway:VpnGateway"]),
        ],
        ["aws:ec2/natGateway:NatGateway"] = [("subnetId", [Subnet]), ("allocationId", ["aws:ec2/eip:Eip"])],
        ["aws:ec2/vpcEndpoint:VpcEndpoint"] = [("vpcId", [Vpc]), ("routeTableIds", [RouteTable]), ("subnetIds", [Subnet])],
        ["aws:ec2/flowLog:FlowLog"] = [("vpcId", [Vpc]), ("iamRoleArn", [Role]), ("logDestination", ["aws:cloudwatch/logGroup:LogGroup", "aws:s3/bucket:Bucket"])],
        ["aws:kms/alias:Alias"] = [("targetKeyId", [Key])],
        [Repository] = [("encryptionConfigurations.kmsKey", [Key])],
        ["aws:ecr/lifecyclePolicy:LifecyclePolicy"] = [("repository", [Repository])],
        ["aws:ecr/repositoryPolicy:RepositoryPolicy"] = [("repository", [Repository])],
        ["aws:iam/rolePolicy:RolePolicy"] = [("role", [Role])],
        ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"] = [("role", [Role])],
        ["eks:index:Cluster"] =
        [
            ("vpcId", [Vpc]), ("privateSubnetIds", [Subnet]), ("publicSubnetIds", [Subnet]), ("subnetIds", [Subnet]),
            ("serviceRole", [Role]), ("encryptionConfigKeyArn", [Key]), ("accessEntries.*.principalArn", [Role]),
        ],
        ["aws:eks/cluster:Cluster"] = [("vpcConfig.subnetIds", [Subnet]), ("roleArn", [Role]), ("encryptionConfig.provider.keyArn", [Key])],
        ["NodeClass"] = [("spec.role", [Role]), ("spec.subnetSelectorTerms.id", [Subnet])],
    };

    // What the name of a resource of the account is for: two of one name cannot be made.
    private static readonly string[] Named = ["aws:cloudwatch/logGroup:LogGroup", Repository, "aws:kms/alias:Alias", Role, "eks:index:Cluster", "aws:eks/cluster:Cluster"];

    public static PolicyRule Rule { get; } = new(
        "aws-reference", Severity.Error, "What names a resource of AWS' names one that is declared, of the right kind, in the stack's region; no two have one name.",
        stack => OfKinds(stack).Concat(OfRegions(stack)).Concat(OfNames(stack)).Concat(OfProviders(stack)));

    /// <summary>The resource of one of some types that a value names: by its ID, ARN, name, or as a whole; null where it is not declared, or more is not known.</summary>
    public static DeclaredResource? Find(RenderedStack stack, string? value, params IEnumerable<string> types) => value is null ? null : types.SelectMany(stack.OfType).FirstOrDefault(resource =>
        value == $"{resource.Name}-id" || value == resource.Name || value == $"{resource.Type}::{resource.Name}" || value == ArnOf(resource) || (resource.Inputs.Text("name") is { } name && value == name));

    /// <summary>The ARN of a resource, as the evaluation of the program has it.</summary>
    public static string ArnOf(DeclaredResource resource) => ProviderAnswers.Arn(resource.Type, resource.Name);

    /// <summary>Whether a path of a value, its places in lists left out, is one of those that a pattern with stars means.</summary>
    public static bool IsAt(string pattern, string path)
    {
        var (wanted, found) = (pattern.Split('.'), Place().Replace(path, "").Split('.'));
        return wanted.Length == found.Length && wanted.Zip(found).All(step => step.First == "*" || step.First == step.Second);
    }

    /// <summary>What is declared, by the type or the kind of each: the inputs of resources and the bodies of objects.</summary>
    public static IEnumerable<(string Type, string Name, JsonObject Body)> Things(RenderedStack stack) =>
        stack.Resources.Where(resource => !resource.IsRead && !resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal)).Select(resource => (resource.Type, RenderedStack.NameOf(resource), resource.Inputs))
            .Concat(stack.Manifests.Select(manifest => (manifest.Manifest.Kind, manifest.Manifest.DisplayName, manifest.Body)));

    private static IEnumerable<Violation> OfKinds(RenderedStack stack) =>
        from thing in Things(stack)
        where Known.ContainsKey(thing.Type)
        from found in thing.Body.Walk()
        let text = found.Node.AsText()
        where text is not null
        let meant = Known[thing.Type].FirstOrDefault(known => IsAt(known.Path, found.Path))
        where meant.Types is not null && IsOfTheProgram(stack, text, meant) && Find(stack, text, meant.Types) is null
        select new Violation(thing.Name, $"{found.Path} is {text}, which is no declared {string.Join(" or ", meant.Types.Select(type => type.Split(':')[^1]))}", "Name one that is declared.");

    // What the program has from outside has the form that AWS gives it; of a name, which has none, it is meant to be one of ours where we have any.
    private static bool IsOfTheProgram(RenderedStack stack, string value, (string Path, string[] Types) meant) =>
        value.StartsWith("arn:", StringComparison.Ordinal) ? value.Split(':') is ["arn", _, _, ProviderAnswers.Region, ProviderAnswers.Account, _]
        : meant.Path.Split('.')[^1] is "role" or "repository" ? meant.Types.Any(type => stack.OfType(type).Any())
        : !Outside().IsMatch(value);

    // The zones and ARNs of an evaluation are of one region, whichever the stack's is.
    private static IEnumerable<Violation> OfRegions(RenderedStack stack)
    {
        if (stack.OfType("pulumi:providers:aws").Select(provider => provider.Inputs.Text("region")).Distinct().ToList() is not [{ } region])
        {
            yield break;
        }

        foreach (var (name, path, value, other) in
            from thing in Things(stack)
            where thing.Type.StartsWith("aws:", StringComparison.Ordinal) || thing.Type is "eks:index:Cluster" or "pulumi:providers:kubernetes" or "command:local:Command"
            from found in thing.Body.Walk()
            let text = found.Node.AsText()
            where text is not null
            let at = RegionIn(found.Path, text)
            where at is not null && at != region && at != ProviderAnswers.Region
            select (thing.Name, found.Path, text, at))
        {
            yield return new(name, $"{path} is {value}: it is of the region {other}, and the stack's is {region}", "Name what is in the stack's region.");
        }

        foreach (var (name, path, value) in
            from thing in Things(stack)
            from found in thing.Body.Walk()
            let parts = found.Node.AsText()?.Split(':')
            where parts is ["arn", _, _, _, _, _, ..] && parts[1] != Region.Partition(region) && parts[4] != ProviderAnswers.Account
            select (thing.Name, found.Path, string.Join(':', parts)))
        {
            yield return new(name, $"{path} is {value}, and ARNs of {region} begin with arn:{Region.Partition(region)}", "Name the partition of the region.");
        }
    }

    private static string? RegionIn(string path, string text) =>
        path is "availabilityZone" && Zone().Match(text) is { Success: true } zone ? zone.Groups[1].Value
        : path is "serviceName" && Endpoint().Match(text) is { Success: true } service ? service.Groups[1].Value
        : Registry().Match(text) is { Success: true } registry ? registry.Groups[1].Value
        : path.EndsWith("AWS_REGION", StringComparison.Ordinal) ? text
        : path == "clusterIdentifier" && text.Split('/') is ["eks", var region, _] ? region
        : text.Split(':') is ["arn", _, var service2, { Length: > 0 } ofArn, _, ..] && service2 != "iam" ? ofArn
        : null;

    // pulumi-kubernetes, "clusterIdentifier", as this stack sets it: eks/REGION/NAME.
    private static IEnumerable<Violation> OfProviders(RenderedStack stack) =>
        from provider in stack.OfType("pulumi:providers:kubernetes")
        let named = provider.Inputs.Text("clusterIdentifier")?.Split('/')
        where named is ["eks", _, _] && EksCluster.In(stack).Any() && !EksCluster.In(stack).Any(cluster => (cluster.Inputs.Text("name") ?? cluster.Resource.Name) == named[2])
        select new Violation(RenderedStack.NameOf(provider), $"clusterIdentifier names the cluster {named[2]}, which is not declared", "Name the cluster of its kubeconfig.");

    private static IEnumerable<Violation> OfNames(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead && Named.Contains(resource.Type) && resource.Inputs.Text("name") is not null
        group resource by (resource.Type, Name: resource.Inputs.Text("name"), resource.Provider) into same
        where same.Count() > 1
        select new Violation(RenderedStack.NameOf(same.Last()), $"it and {RenderedStack.NameOf(same.First())} both have the name {same.Key.Name}", "Give each a name of its own.");

    // EC2 user guide, "resource-ids"; of a KMS key also its own ID and its alias.
    [GeneratedRegex(@"\A(?:[a-z]+-(?:[0-9a-f]{8}|[0-9a-f]{17})|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]+|alias/.+)\z")]
    private static partial Regex Outside();

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Place();

    [GeneratedRegex(@"\A([a-z]{2}(?:-[a-z]+)+-\d)[a-z]\z")]
    private static partial Regex Zone();

    [GeneratedRegex(@"\A(?:cn\.)?com\.amazonaws\.([a-z]{2}(?:-[a-z]+)+-\d)\.")]
    private static partial Regex Endpoint();

    [GeneratedRegex(@"\A\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com")]
    private static partial Regex Registry();
}
