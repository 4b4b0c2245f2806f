namespace Pulumi.Eks;

/// <summary>An EKS cluster; a remote component, whose parts its provider declares.</summary>
[EksResourceType("eks:index:Cluster")]
public class Cluster : ComponentResource
{
    public Cluster(string name, ClusterArgs? args = null, ComponentResourceOptions? options = null)
        : base("eks:index:Cluster", name, args ?? new ClusterArgs(), MakeOptions(options), remote: true)
    {
    }

    [Output("autoModeNodeRoleName")]
    public Output<string> AutoModeNodeRoleName { get; private set; } = null!;

    [Output("clusterIngressRuleId")]
    public Output<string> ClusterIngressRuleId { get; private set; } = null!;

    [Output("clusterSecurityGroupId")]
    public Output<string> ClusterSecurityGroupId { get; private set; } = null!;

    [Output("kubeconfig")]
    public Output<object> Kubeconfig { get; private set; } = null!;

    [Output("kubeconfigJson")]
    public Output<string> KubeconfigJson { get; private set; } = null!;

    [Output("nodeSecurityGroupId")]
    public Output<string> NodeSecurityGroupId { get; private set; } = null!;

    [Output("oidcIssuer")]
    public Output<string> OidcIssuer { get; private set; } = null!;

    [Output("oidcProviderArn")]
    public Output<string> OidcProviderArn { get; private set; } = null!;

    [Output("oidcProviderUrl")]
    public Output<string> OidcProviderUrl { get; private set; } = null!;

    private static ComponentResourceOptions MakeOptions(ComponentResourceOptions? options)
    {
        var merged = ComponentResourceOptions.Merge(new() { Version = EksResourceTypeAttribute.PackageVersion }, options);
        merged.Id = "";
        return merged;
    }
}

internal sealed class EksResourceTypeAttribute(string type) : ResourceTypeAttribute(type, PackageVersion)
{
    public const string PackageVersion = "4.3.0";
}
