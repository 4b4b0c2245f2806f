namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>The nodes, and what they must know before the first pod.</summary>
internal static class NodeRows
{
    private const string NodeClass = "NodeClass cluster";
    private const string NodePool = "NodePool cluster";

    public static TheoryData<string, string, string> All => new()
    {
        { NodeClass, "spec.role", "\"cluster-nodes\"" },
        {
            NodeClass, "spec.subnetSelectorTerms",
            """[{"id":"cluster-private-0-id"},{"id":"cluster-private-1-id"},{"id":"cluster-private-2-id"}]"""
        },
        { NodeClass, "spec.securityGroupSelectorTerms", """[{"id":"sg-cluster-cluster"}]""" },
        { NodeClass, "spec.networkPolicy", "\"DefaultAllow\"" },
        { NodeClass, "spec.tags", """{"managed-by":"pulumi","owner":"team-7","project":"gopher-mesh","stack":"dev"}""" },
        { NodePool, "spec.template.spec.nodeClassRef", """{"group":"eks.amazonaws.com","kind":"NodeClass","name":"gopher-mesh"}""" },
        {
            NodePool, "spec.template.spec.requirements", """
            [
              {"key":"kubernetes.io/arch","operator":"In","values":["amd64","arm64"]},
              {"key":"karpenter.sh/capacity-type","operator":"In","values":["on-demand"]},
              {"key":"eks.amazonaws.com/instance-category","operator":"In","values":["c","m","r"]},
              {"key":"eks.amazonaws.com/instance-cpu","operator":"In","values":["2","4","8"]}
            ]
            """
        },
        { NodePool, "spec.template.spec.expireAfter", "\"336h\"" },
        { NodePool, "spec.template.spec.terminationGracePeriod", "\"30m\"" },
        { NodePool, "spec.disruption", """{"consolidationPolicy":"WhenEmptyOrUnderutilized","consolidateAfter":"5m"}""" },
        { NodePool, "spec.limits", """{"cpu":"32"}""" },
        { "ConfigMap cluster-network-policy", "metadata", """{"name":"amazon-vpc-cni","namespace":"kube-system"}""" },
        { "ConfigMap cluster-network-policy", "data", """{"enable-network-policy-controller":"true"}""" },

        // The volumes of claims have no other tags than these.
        {
            "StorageClass metrics", "parameters", """
            {
              "type":"gp3","encrypted":"true",
              "tagSpecification_1":"managed-by=pulumi","tagSpecification_2":"owner=team-7",
              "tagSpecification_3":"project=gopher-mesh","tagSpecification_4":"stack=dev"
            }
            """
        },
    };
}
