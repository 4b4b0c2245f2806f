using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Gopherctl.Check.Rules.Cloud;

/// <summary>A declared EKS cluster: the component of pulumi-eks, or the plain resource, which keeps the network's settings one level down.</summary>
internal sealed record EksCluster(DeclaredResource Resource, string NetworkPath, string KeyPath, string LogsPath)
{
    private static readonly Dictionary<string, Func<DeclaredResource, EksCluster>> Types = new()
    {
        ["eks:index:Cluster"] = resource => new(resource, "", "encryptionConfigKeyArn", "enabledClusterLogTypes"),
        ["aws:eks/cluster:Cluster"] = resource => new(resource, "vpcConfig.", "encryptionConfig.provider.keyArn", "enabledClusterLogTypes"),
    };

    public string DisplayName => RenderedStack.NameOf(Resource);

    public JsonObject Inputs => Resource.Inputs;

    /// <summary>Whether the public endpoint is on, as it is by default.</summary>
    public bool IsPublic => Inputs.Flag(NetworkPath + "endpointPublicAccess") ?? true;

    /// <summary>The blocks that the public endpoint answers; none stands for all.</summary>
    public IReadOnlyList<string> PublicBlocks => [.. Inputs.Texts(NetworkPath + "publicAccessCidrs")];

    /// <summary>The KMS key of its Secrets.</summary>
    public string? KeyArn => Inputs.Text(KeyPath);

    /// <summary>The logs that EKS writes to CloudWatch.</summary>
    public IReadOnlyList<string> Logs => [.. Inputs.Texts(LogsPath)];

    /// <summary>The clusters that are declared.</summary>
    public static IEnumerable<EksCluster> In(RenderedStack stack) =>
        stack.Resources.Where(resource => Types.ContainsKey(resource.Type)).Select(resource => Types[resource.Type](resource));
}
