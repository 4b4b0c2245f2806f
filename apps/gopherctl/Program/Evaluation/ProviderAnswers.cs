using System.Collections.Immutable;
using Pulumi.Testing;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>Answers the program's resources and calls like their providers, as far as the program uses the answers, and keeps the inputs.</summary>
internal sealed class RecordingMocks : IMocks
{
    private readonly Dictionary<(string Type, string Name), (ImmutableDictionary<string, object> Inputs, string? Provider)> _inputs = [];

    private string _vpc = "";

    /// <summary>The inputs and the provider's reference of every resource that was registered, by type and name.</summary>
    public IReadOnlyDictionary<(string Type, string Name), (ImmutableDictionary<string, object> Inputs, string? Provider)> Inputs => _inputs;

    /// <inheritdoc/>
    public Task<(string? id, object state)> NewResourceAsync(MockResourceArgs args)
    {
        var (type, name) = (args.Type ?? "", args.Name ?? "");
        lock (_inputs)
        {
            _inputs[(type, name)] = (args.Inputs, args.Provider);

            // A resource that is read by its ID exists already; a subnet is in the VPC that was read before it.
            if (args.Id is { Length: > 0 } id && type.StartsWith("aws:", StringComparison.Ordinal))
            {
                _vpc = type == ProviderAnswers.Vpc ? id : _vpc;
                return Task.FromResult<(string?, object)>((id, ProviderAnswers.Found(type, name, _vpc)));
            }
        }

        return Task.FromResult<(string?, object)>((ProviderAnswers.Id(type, name, args.Inputs), ProviderAnswers.State(type, name, args.Inputs)));
    }

    /// <inheritdoc/>
    public Task<object> CallAsync(MockCallArgs args) => Task.FromResult<object>(ProviderAnswers.Call(args.Token ?? ""));
}

/// <summary>
/// What the providers would answer, as far as the program uses it: a resource's state is its inputs and what its provider computes from
/// them. The values are invented but well-formed, and the same in every run.
/// </summary>
internal static class ProviderAnswers
{
    /// <summary>The type of a VPC.</summary>
    public const string Vpc = "aws:ec2/vpc:Vpc";

    /// <summary>The account of every answer.</summary>
    public const string Account = "123456789012";

    /// <summary>The region of every answer, whichever the stack's is.</summary>
    public const string Region = "ap-southeast-2";

    // A server that nobody runs; the rehearsal never connects to the declared cluster.
    private const string Kubeconfig =
        """{"apiVersion":"v1","kind":"Config","clusters":[{"name":"rehearsal","cluster":{"server":"https://rehearsal.invalid"}}],"users":[{"name":"rehearsal","user":{}}],"contexts":[{"name":"rehearsal","context":{"cluster":"rehearsal","user":"rehearsal"}}],"current-context":"rehearsal"}""";

    /// <summary>The id that the provider would give: namespace/name for a Kubernetes object, the name with a suffix elsewhere.</summary>
    public static string Id(string type, string name, ImmutableDictionary<string, object> inputs)
    {
        if (!type.StartsWith("kubernetes:", StringComparison.Ordinal) || inputs.GetValueOrDefault("metadata") is not ImmutableDictionary<string, object> metadata)
        {
            return $"{name}-id";
        }

        var objectName = metadata.GetValueOrDefault("name", name);
        return metadata.TryGetValue("namespace", out var space) ? $"{space}/{objectName}" : $"{objectName}";
    }

    /// <summary>The ARN of a resource.</summary>
    public static string Arn(string type, string name) => $"arn:aws:{type.Split(':', '/')[1]}:{Region}:{Account}:{name}";

    /// <summary>The state of a resource.</summary>
    public static ImmutableDictionary<string, object> State(string type, string name, ImmutableDictionary<string, object> inputs) =>
        inputs.SetItems(type switch
        {
            "eks:index:Cluster" => EksCluster(name),
            "kubernetes:core/v1:Service" => LoadBalancer(),
            "kubernetes:helm.sh/v3:Release" => ReleaseStatus(inputs),
            "aws:acm/certificate:Certificate" => AwsComputed(type, name).Add("domainValidationOptions", Proofs(inputs)),
            "aws:route53/record:Record" => Members(("fqdn", inputs["name"])),
            _ when type.StartsWith("aws:", StringComparison.Ordinal) => AwsComputed(type, name),
            _ => ImmutableDictionary<string, object>.Empty,
        });

    /// <summary>The state of a resource that is read by its ID, as the program needs it: the last character of its name decides its zone.</summary>
    /// <exception cref="NotSupportedException">A type that the program did not read when this was written.</exception>
    public static ImmutableDictionary<string, object> Found(string type, string name, string vpc) => type switch
    {
        Vpc => Members(("enableDnsSupport", true), ("enableDnsHostnames", true)),
        "aws:ec2/subnet:Subnet" => Members(
            ("vpcId", vpc),
            ("availabilityZone", $"zone-{name[^1]}"),
            ("availabilityZoneId", $"zone-id-{name[^1]}"),
            ("tags", Members(("kubernetes.io/role/elb", "1"), ("kubernetes.io/role/internal-elb", "1")))),
        // The root: every host is in it.
        "aws:route53/zone:Zone" => Members(("name", "."), ("vpcs", Items())),
        _ => throw new NotSupportedException($"the program reads a {type}, for which gopherctl has no answer yet"),
    };

    /// <summary>The result of a provider's function.</summary>
    /// <exception cref="NotSupportedException">A function that the program did not call when this was written.</exception>
    public static ImmutableDictionary<string, object> Call(string token) => token switch
    {
        "aws:index/getAvailabilityZones:getAvailabilityZones" => Members(
            ("names", Items($"{Region}a", $"{Region}b", $"{Region}c")),
            ("zoneIds", Items("apse2-az1", "apse2-az2", "apse2-az3"))),
        "aws:index/getCallerIdentity:getCallerIdentity" => Members(
            ("accountId", Account), ("arn", $"arn:aws:iam::{Account}:user/rehearsal"), ("userId", "AIDAREHEARSAL")),
        "aws:index/getRegion:getRegion" => Members(("name", Region), ("region", Region)),
        "aws:index/getPartition:getPartition" => Members(("partition", "aws"), ("dnsSuffix", "amazonaws.com")),
        "kubernetes:core/v1:Service" => LoadBalancer(),
        _ => throw new NotSupportedException($"the program calls {token}, for which gopherctl has no answer yet"),
    };

    private static ImmutableDictionary<string, object> EksCluster(string name) => Members(
        ("kubeconfigJson", Kubeconfig),
        ("clusterSecurityGroupId", $"sg-{name}-cluster"),
        ("nodeSecurityGroupId", $"sg-{name}-node"),
        ("oidcProviderArn", $"arn:aws:iam::{Account}:oidc-provider/rehearsal.invalid"),
        ("oidcProviderUrl", "https://rehearsal.invalid/id/REHEARSAL"));

    private static ImmutableDictionary<string, object> LoadBalancer() => Members(
        ("status", Members(("loadBalancer", Members(("ingress", Items(Members(("hostname", "rehearsal.elb.invalid")))))))));

    private static ImmutableDictionary<string, object> ReleaseStatus(ImmutableDictionary<string, object> inputs) => Members(
        ("status", Members(
            ("name", inputs.GetValueOrDefault("name", "")),
            ("namespace", inputs.GetValueOrDefault("namespace", "default")),
            ("status", "deployed"))));

    private static ImmutableDictionary<string, object> AwsComputed(string type, string name) => Members(
        ("arn", Arn(type, name)),
        ("name", name),
        ("repositoryUrl", $"{Account}.dkr.ecr.{Region}.amazonaws.com/{name}"));

    // The records by which AWS knows that the names of a certificate are its owner's.
    private static ImmutableArray<object> Proofs(ImmutableDictionary<string, object> certificate) =>
    [
        .. ((ImmutableArray<object>)certificate["subjectAlternativeNames"]).Select(host => Members(
            ("domainName", host),
            ("resourceRecordName", $"_rehearsal.{$"{host}".Replace("*.", "", StringComparison.Ordinal)}."),
            ("resourceRecordType", "CNAME"),
            ("resourceRecordValue", "_rehearsal.acm-validations.invalid."))),
    ];

    private static ImmutableDictionary<string, object> Members(params (string Key, object Value)[] members) =>
        members.ToImmutableDictionary(member => member.Key, member => member.Value);

    private static ImmutableArray<object> Items(params object[] items) => [.. items];
}
