using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A declared EKS cluster: the component of pulumi-eks, or the plain resource, which keeps the network's settings one level down.
/// </summary>
/// <param name="Resource">The resource.</param>
/// <param name="NetworkPath">The prefix of the names of the network's settings.</param>
/// <param name="KeyPath">The input that names the KMS key of its Secrets.</param>
internal sealed record EksCluster(DeclaredResource Resource, string NetworkPath, string KeyPath)
{
    // Names of inputs: pulumi-eks 4.3.0, schema.json, and pulumi-aws 7.48.0, ClusterVpcConfig and ClusterEncryptionConfig.
    private static readonly Dictionary<string, (string NetworkPath, string KeyPath)> Types = new()
    {
        ["eks:index:Cluster"] = ("", "encryptionConfigKeyArn"),
        ["aws:eks/cluster:Cluster"] = ("vpcConfig.", "encryptionConfig.provider.keyArn"),
    };

    public string DisplayName => RenderedStack.NameOf(Resource);

    public JsonObject Inputs => Resource.Inputs;

    /// <summary>Whether the public endpoint is on, as it is by default.</summary>
    public bool IsPublic => Inputs.Flag(NetworkPath + "endpointPublicAccess") ?? true;

    /// <summary>The blocks that the public endpoint answers; none means all.</summary>
    public IReadOnlyList<string> PublicBlocks => [.. Inputs.Texts(NetworkPath + "publicAccessCidrs")];

    /// <summary>The KMS key of its Secrets.</summary>
    public string? KeyArn => Inputs.Text(KeyPath);

    /// <summary>The logs that EKS writes to CloudWatch.</summary>
    public IReadOnlyList<string> Logs => [.. Inputs.Texts("enabledClusterLogTypes")];

    /// <summary>The clusters that are declared; one that is only read is another's.</summary>
    public static IEnumerable<EksCluster> In(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead && Types.ContainsKey(resource.Type)
        let paths = Types[resource.Type]
        select new EksCluster(resource, paths.NetworkPath, paths.KeyPath);
}

/// <summary>
/// The log group of a control plane is declared, and the cluster deleted before it: EKS makes the one it writes to where there is none,
/// without an end to what it keeps, and leaves it (EKS user guide, "control-plane-logs").
/// </summary>
internal static class UnownedLogGroup
{
    public static PolicyRule Rule { get; } = new(
        "unowned-log-group", Severity.Error, "The log group that EKS writes to is declared, with an end, and deleted after the cluster.",
        Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var order = new DependencyOrder(stack.Resources);
        return from cluster in EksCluster.In(stack)
               where cluster.Logs.Count > 0
               let name = $"/aws/eks/{cluster.Inputs.Text("name") ?? cluster.Resource.Name}/cluster"
               let needs = order.Needs(cluster.Resource)
               where !stack.OfType("aws:cloudwatch/logGroup:LogGroup")
                   .Any(logs => logs.Inputs.Text("name") == name && logs.Inputs.Number("retentionInDays") > 0 && needs.Contains(logs.Urn))
               select new Violation(
                   cluster.DisplayName,
                   $"it writes logs to {name}, and there is no such log group with retentionInDays that it depends on",
                   "Declare the log group, and let the cluster depend on it.");
    }
}
