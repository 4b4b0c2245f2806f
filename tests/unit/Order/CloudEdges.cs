namespace GopherMesh.Tests.Unit.Order;

/// <summary>What the cluster and its nodes are told to depend on.</summary>
internal static class CloudEdges
{
    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Network cluster",
            "The control plane's addresses are in the subnets, and EKS and the nodes leave by the routes until the end.",
            "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-cluster",
            "EKS takes load balancers, volumes and nodes away under this role's policies.", "Cluster cluster"),
        new("gopher-mesh:eks:ServiceRole cluster-nodes",
            "A node that is drained still pulls, and joins and leaves, under this role's policies.", "Cluster cluster"),
        new("LogGroup cluster-control-plane", "EKS would make the group again, without an end to what it keeps.", "Cluster cluster"),
        new("Cluster cluster", "Whatever the provider deletes, the API has to be there for.", "kubernetes cluster"),
        new("Cluster cluster", "Nodes that outlive the cluster stay on the bill.", "gopher-mesh:eks:Nodes cluster")
        {
            HeldElsewhere = "The provider of the nodes' objects depends on the cluster, too; the nodes say so by themselves.",
        },
        new("ConfigMap cluster-network-policy", "A node that starts before it enforces no NetworkPolicy.", "NodeClass cluster"),
        new("NodeClass cluster", "A pool without its class starts nothing, and its nodes end under it.", "NodePool cluster"),
        new("InternetGateway cluster", "AWS takes no NAT gateway in a VPC without one, and lets none go from under it.",
            "NatGateway cluster-private-0", "NatGateway cluster-private-1", "NatGateway cluster-private-2"),
        new("RolePolicy cluster-flow-logs", "Flow logs that may not write do nothing, and say nothing.", "FlowLog cluster"),
        new("Repository gopher-distributor", "An image is pushed into it.", "Command gopher-distributor-image"),
        new("Repository gopher-requester", "An image is pushed into it.", "Command gopher-requester-image"),
    ];
}
