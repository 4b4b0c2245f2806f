using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>
/// What a destroy of the dev stack deletes before what. Without one of these edges it would hang, or leave a load balancer, a node, a log
/// group or a network on the bill.
/// </summary>
public class DestroyTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>
{
    private const string LoadBalancerOwner = "kubernetes:helm.sh/v3:Release::istio-ingressgateway";
    private const string NodePool = "kubernetes:karpenter.sh/v1:NodePool::cluster";
    private const string Cluster = "eks:index:Cluster::cluster";

    private readonly DevStack _stack = fixture.Stack;
    private readonly DeletionOrder _order = fixture.Order;

    public static TheoryData<string, string> Edges => new()
    {
        // The gateway's Service owns the load balancer: the controller in the control plane must still exist to delete it.
        { LoadBalancerOwner, Cluster },
        { LoadBalancerOwner, "aws:iam/rolePolicyAttachment:RolePolicyAttachment::cluster-cluster-AmazonEKSLoadBalancingPolicy" },
        { LoadBalancerOwner, "aws:ec2/internetGateway:InternetGateway::cluster" },
        { LoadBalancerOwner, "aws:ec2/subnet:Subnet::cluster-public-0" },
        { LoadBalancerOwner, "kubernetes:helm.sh/v3:Release::istiod" },
        { "kubernetes:helm.sh/v3:Release::istiod", "kubernetes:helm.sh/v3:Release::istio-base" },

        // Nodes are deleted after what runs on them, and before all that they need for a clean end.
        { LoadBalancerOwner, NodePool },
        { NodePool, "kubernetes:eks.amazonaws.com/v1:NodeClass::cluster" },
        { NodePool, Cluster },
        { NodePool, "aws:iam/rolePolicyAttachment:RolePolicyAttachment::cluster-cluster-AmazonEKSComputePolicy" },
        { NodePool, "aws:iam/rolePolicyAttachment:RolePolicyAttachment::cluster-nodes-AmazonEKSWorkerNodeMinimalPolicy" },
        { NodePool, "aws:ec2/route:Route::cluster-private-0" },
        { "kubernetes:eks.amazonaws.com/v1:NodeClass::cluster", "kubernetes:core/v1:ConfigMap::cluster-network-policy" },
        { "kubernetes:eks.amazonaws.com/v1:NodeClass::cluster", Cluster },

        // EKS cleans up under the roles' policies, writes logs to the group and reads secrets with the key until the cluster is gone.
        { Cluster, "aws:iam/rolePolicyAttachment:RolePolicyAttachment::cluster-cluster-AmazonEKSNetworkingPolicy" },
        { Cluster, "aws:iam/rolePolicy:RolePolicy::cluster-cluster" },
        { Cluster, "aws:iam/rolePolicyAttachment:RolePolicyAttachment::cluster-nodes-AmazonEC2ContainerRegistryPullOnly" },
        { Cluster, "aws:cloudwatch/logGroup:LogGroup::cluster-control-plane" },
        { "command:local:Command::cluster-control-plane-logs", Cluster },
        { NodePool, "command:local:Command::cluster-control-plane-logs" },
        { Cluster, "aws:kms/key:Key::cluster" },
        { Cluster, "aws:ec2/route:Route::cluster-public" },
        { Cluster, "aws:ec2/natGateway:NatGateway::cluster-private-0" },
        { Cluster, "aws:ec2/vpcEndpoint:VpcEndpoint::cluster-s3" },
        { Cluster, "aws:ec2/routeTableAssociation:RouteTableAssociation::cluster-private-2" },

        // The network itself, and its flow logs.
        { "aws:ec2/natGateway:NatGateway::cluster-private-0", "aws:ec2/internetGateway:InternetGateway::cluster" },
        { "aws:ec2/flowLog:FlowLog::cluster", "aws:iam/rolePolicy:RolePolicy::cluster-flow-logs" },
        { "aws:ec2/flowLog:FlowLog::cluster", "aws:cloudwatch/logGroup:LogGroup::cluster-flow-logs" },

        // What protects the pods is deleted after them, and before Istio, which defines its kinds.
        { "kubernetes:apps/v1:Deployment::gopher-requester", "kubernetes:security.istio.io/v1:AuthorizationPolicy::allow-nothing" },
        { "kubernetes:apps/v1:Deployment::gopher-distributor-v2", "kubernetes:networking.k8s.io/v1:NetworkPolicy::default-deny" },
        { "kubernetes:security.istio.io/v1:PeerAuthentication::default", "kubernetes:helm.sh/v3:Release::istio-base" },
        { "kubernetes:networking.istio.io/v1:Sidecar::default", "kubernetes:helm.sh/v3:Release::istio-base" },
        { "kubernetes:networking.k8s.io/v1:NetworkPolicy::default-deny", NodePool },

        { "kubernetes:apps/v1:Deployment::gopher-requester", "command:local:Command::gopher-requester-image" },
        { "command:local:Command::gopher-requester-image", "aws:ecr/repository:Repository::gopher-requester" },
    };

    // The program does not run at a destroy; its preview shows the outputs that go.
    [Fact]
    public async Task How_long_it_takes_and_for_what_is_an_output_and_in_the_documents()
    {
        var pause = (long)_stack.Inputs("kubernetes:helm.sh/v3:Release", "istio-ingressgateway")["values"]!["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        var local = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "local", []));
        string Read(string document) => File.ReadAllText(Path.Combine(RepositoryRoot.Find(), document));

        Assert.StartsWith($"pulumi destroy takes about ten minutes; for {pause} seconds of them the gateway's pods serve on", (string)_stack.Outputs["destroy"]!, StringComparison.Ordinal);
        Assert.Contains($"about ten minutes (an estimate), for {pause} s of which the gateway's pods serve on", Read("README.md"), StringComparison.Ordinal);
        Assert.Contains($"the gateway's pods serve on for {pause} s", Read("docs/eks.md"), StringComparison.Ordinal);
        Assert.False(local.Outputs.ContainsKey("destroy"));
    }

    [Theory]
    [MemberData(nameof(Edges))]
    public void Deletes_the_one_before_the_other(string first, string later)
    {
        Assert.True(_order.Deletes(Resource(first), Resource(later)));
        Assert.False(_order.Deletes(Resource(later), Resource(first)));
    }

    [Fact]
    public void Deletes_everything_in_the_cluster_before_the_nodes()
    {
        var nodes = Assert.Single(_stack.OfType("gopher-mesh:eks:Nodes"));
        // A resource that is only read, such as the gateway's Service, has no inputs and is not deleted.
        var inCluster = _stack.Resources
            .Where(resource => resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal) && resource.Inputs.Count > 0 && resource.Parent != nodes.Urn)
            .ToArray();

        Assert.True(inCluster.Length > 15);
        Assert.All(inCluster, resource => Assert.True(_order.Deletes(resource, Resource(NodePool)), $"{resource.Urn} may outlive the nodes"));
    }

    [Fact]
    public void Deletes_the_cluster_before_everything_of_its_network_and_its_roles()
    {
        var below = _stack.Resources.Where(resource => resource.Urn.Contains("gopher-mesh:eks:Network$aws:", StringComparison.Ordinal)
            || resource.Urn.Contains("gopher-mesh:eks:ServiceRole$aws:", StringComparison.Ordinal)).ToArray();

        Assert.True(below.Length > 20);
        Assert.All(below, resource => Assert.True(_order.Deletes(Resource(Cluster), resource), $"{resource.Urn} may go before the cluster"));
    }

    [Fact]
    public void Waits_until_the_load_balancer_is_gone()
    {
        var release = _stack.Inputs("kubernetes:helm.sh/v3:Release", "istio-ingressgateway");
        Assert.NotEqual(true, (bool?)release["skipAwait"]);
        Assert.True((long)release["timeout"]! >= 600);
    }

    [Fact]
    public void Deletes_repositories_with_their_images_and_keeps_no_log_group()
    {
        Assert.All(_stack.OfType("aws:ecr/repository:Repository"), repository => Assert.True((bool)repository.Inputs["forceDelete"]!));
        Assert.All(_stack.OfType("aws:cloudwatch/logGroup:LogGroup"), group => Assert.False(group.Inputs.ContainsKey("skipDestroy")));
    }

    private Declared Resource(string typeAndName) =>
        Assert.Single(_stack.Resources, resource => $"{resource.Type}::{resource.Name}" == typeAndName);
}

/// <summary>
/// The order in which the engine deletes what is declared: a resource is deleted before all that it depends on. These are its provider,
/// its parent, the resources of the option DependsOn and of its inputs, and, if one of those is a component, that component's
/// children (pulumi, <c>pkg/resource/graph/dependency_graph.go</c>, <c>DependenciesOf</c>).
/// </summary>
internal sealed class DeletionOrder
{
    private readonly ILookup<string, string> _children;
    private readonly Dictionary<string, Declared> _resources;
    private readonly Dictionary<string, HashSet<string>> _after = [];

    public DeletionOrder(IReadOnlyList<Declared> resources)
    {
        _resources = resources.ToDictionary(resource => resource.Urn);
        _children = resources.Where(resource => resource.Parent is not null).ToLookup(resource => resource.Parent!, resource => resource.Urn);
    }

    /// <summary>Whether the engine deletes one resource only after it has deleted another.</summary>
    public bool Deletes(Declared first, Declared later) => After(first.Urn).Contains(later.Urn);

    private HashSet<string> After(string urn)
    {
        if (!_after.TryGetValue(urn, out var reached))
        {
            _after[urn] = reached = [];
            foreach (var next in Dependencies(_resources[urn]))
            {
                reached.Add(next);
                reached.UnionWith(After(next));
            }
        }

        return reached;
    }

    private IEnumerable<string> Dependencies(Declared resource) =>
        resource.DependsOn.Concat(resource.DependsOn.SelectMany(Descendants))
            .Append(resource.Provider).Append(resource.Parent)
            .OfType<string>().Where(urn => urn != resource.Urn);

    private IEnumerable<string> Descendants(string urn) => _children[urn].SelectMany(child => Descendants(child).Prepend(child));
}
