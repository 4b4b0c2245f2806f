namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>The control plane, its key and its logs.</summary>
internal static class ClusterRows
{
    private const string Cluster = "Cluster cluster";

    public static TheoryData<string, string, string> All => new()
    {
        { Cluster, "name", "\"gopher-mesh-dev\"" },
        { Cluster, "version", "\"1.34\"" },
        { Cluster, "upgradePolicy", """{"supportType":"EXTENDED"}""" },
        { Cluster, "deletionProtection", "true" },
        { Cluster, "encryptionConfigKeyArn", "\"arn:aws:kms:ap-southeast-2:123456789012:cluster\"" },
        { Cluster, "enabledClusterLogTypes", """["api","audit","authenticator","controllerManager","scheduler"]""" },
        { Cluster, "vpcId", "\"cluster-id\"" },
        { Cluster, "publicSubnetIds", """["cluster-public-0-id","cluster-public-1-id","cluster-public-2-id"]""" },
        { Cluster, "privateSubnetIds", """["cluster-private-0-id","cluster-private-1-id","cluster-private-2-id"]""" },
        { Cluster, "serviceRole", "\"aws:iam/role:Role::cluster-cluster\"" },
        { Cluster, "accessEntries.nodes.principalArn", "\"arn:aws:iam:ap-southeast-2:123456789012:cluster-nodes\"" },
        { Cluster, "endpointPrivateAccess", "true" },
        { Cluster, "publicAccessCidrs", """["203.0.113.7/32"]""" },
        { "Key cluster", "enableKeyRotation", "true" },
        { "Key cluster", "deletionWindowInDays", "7" },
        { "Alias cluster", "name", "\"alias/gopher-mesh-dev\"" },
        { "LogGroup cluster-control-plane", "name", "\"/aws/eks/gopher-mesh-dev/cluster\"" },
        { "LogGroup cluster-control-plane", "retentionInDays", "14" },
        { "aws aws", "defaultTags", """{"tags":{"managed-by":"pulumi","owner":"team-7","project":"gopher-mesh","stack":"dev"} }""" },
        { "kubernetes cluster", "clusterIdentifier", "\"eks/ap-southeast-2/gopher-mesh-dev\"" },
    };
}
