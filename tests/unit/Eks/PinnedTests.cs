using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Unit.Order;
using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>
/// Declared properties whose careless change nobody would see until AWS had applied it. docs/eks.md has the reasons.
/// Every setting differs from its default, so that a property that no longer follows its setting fails too.
/// </summary>
public class PinnedTests(PinnedTests.ChangedFixture fixture) : IClassFixture<PinnedTests.ChangedFixture>
{
    private readonly DevStack _stack = fixture.Stack;

    [Theory]
    [MemberData(nameof(ClusterRows.All), MemberType = typeof(ClusterRows))]
    [MemberData(nameof(IdentityRows.All), MemberType = typeof(IdentityRows))]
    [MemberData(nameof(NodeRows.All), MemberType = typeof(NodeRows))]
    [MemberData(nameof(NetworkRows.All), MemberType = typeof(NetworkRows))]
    [MemberData(nameof(GatewayRows.All), MemberType = typeof(GatewayRows))]
    [MemberData(nameof(ImageRows.All), MemberType = typeof(ImageRows))]
    public void Is_declared_as(string resource, string path, string expected) =>
        AssertJson.Equal(expected, At(Resource(resource).Inputs, path));

    // A remote component gets only the providers that its own options name, whatever its parent's are (pulumi-dotnet,
    // Deployment_Prepare.cs).
    [Fact]
    public void The_cluster_is_made_with_the_stacks_own_provider() =>
        Assert.Equal([Resource("aws aws").Urn], Resource("Cluster cluster").Providers);

    // Pulumi gives up on a deletion that takes longer than its timeout, and a node may take as long as its drain.
    [Theory]
    [InlineData("NodePool cluster")]
    [InlineData("NodeClass cluster")]
    public void A_destroy_waits_longer_for_the_nodes_than_a_drain_may_take(string resource)
    {
        var grace = (string)At(Resource("NodePool cluster").Inputs, "spec.template.spec.terminationGracePeriod")!;
        var minutes = int.Parse(grace.TrimEnd('m'), CultureInfo.InvariantCulture);
        Assert.True(Resource(resource).DeleteTimeout >= TimeSpan.FromMinutes(minutes + 5));
    }

    [Fact]
    public void A_zone_that_AWS_opens_later_moves_no_subnet() =>
        Assert.All(_stack.OfType("aws:ec2/subnet:Subnet"), subnet => Assert.Equal(["availabilityZone"], subnet.IgnoreChanges));

    [Fact]
    public async Task Warns_if_nobody_can_reach_the_API() =>
        Assert.StartsWith("apiAllowedCidrs is empty, which pulumi up refuses", Assert.Single((await DevStack.DeclareAsync()).Warnings), StringComparison.Ordinal);

    [Fact]
    public void Does_not_warn_if_somebody_can_reach_the_API() => Assert.Empty(_stack.Warnings);

    private Declared Resource(string key) => Assert.Single(_stack.Resources, resource => Edge.KeyOf(resource) == key);

    // A policy is JSON in a string; the test compares the JSON and not the text.
    private static JsonNode? At(JsonNode inputs, string path) => Opened(
        path.Replace("[", ".[", StringComparison.Ordinal).Split('.').Aggregate((JsonNode?)inputs, (node, part) =>
            part.StartsWith('[') ? Opened(node)![int.Parse(part[1..^1], CultureInfo.InvariantCulture)] : Opened(node)?[part]));

    private static JsonNode? Opened(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.StartsWith('{') ? JsonNode.Parse(text) : node;

    /// <summary>The dev stack with settings of its own.</summary>
    public sealed class ChangedFixture : IAsyncLifetime
    {
        internal DevStack Stack { get; private set; } = null!;

        public async Task InitializeAsync() => Stack = await DevStack.DeclareAsync(
            "kubernetesVersion=1.34", "kubernetesSupport=extended", "deletionProtection=true", "keyDeletionWindowDays=7",
            "logRetentionDays=14", """apiAllowedCidrs=["203.0.113.7/32"]""", "nodeCpuLimit=32", "owner=team-7", "vpcCidr=10.7.0.0/16",
            "flowLogs=all", "aws:profile=team", "gatewayScheme=internal", """gatewayAllowedCidrs=["203.0.113.0/24"]""",
            $"tlsCertificateArn={GatewayRows.Certificate}", """gatewayHosts=["gophers.example.com"]""",
            "observability=true", "metricsStorageGiB=8", "canaryVersion=v2");

        public Task DisposeAsync() => Task.CompletedTask;
    }
}

/// <summary>The network.</summary>
internal static class NetworkRows
{
    public static TheoryData<string, string, string> All => new()
    {
        { "Vpc cluster", "cidrBlock", "\"10.7.0.0/16\"" },
        { "Vpc cluster", "enableDnsSupport", "true" },
        { "Vpc cluster", "enableDnsHostnames", "true" },
        { "DefaultSecurityGroup cluster", "vpcId", "\"cluster-id\"" },
        { "Subnet cluster-public-2", "tags", """{"Name":"gopher-mesh-dev/cluster-public-2","kubernetes.io/role/elb":"1"}""" },
        { "Subnet cluster-private-2", "tags", """{"Name":"gopher-mesh-dev/cluster-private-2","kubernetes.io/role/internal-elb":"1"}""" },
        // The console lists by these, and another stack's network has the same resources.
        { "Vpc cluster", "tags", """{"Name":"gopher-mesh-dev/cluster"}""" },
        { "Eip cluster-private-0", "tags", """{"Name":"gopher-mesh-dev/cluster-private-0"}""" },
        { "Route cluster-public", "destinationCidrBlock", "\"0.0.0.0/0\"" },
        { "Route cluster-public", "gatewayId", "\"cluster-id\"" },
        { "Route cluster-private-2", "destinationCidrBlock", "\"0.0.0.0/0\"" },
        { "Route cluster-private-2", "natGatewayId", "\"cluster-private-0-id\"" },
        { "NatGateway cluster-private-0", "subnetId", "\"cluster-public-0-id\"" },
        { "Eip cluster-private-0", "domain", "\"vpc\"" },
        { "VpcEndpoint cluster-s3", "routeTableIds", """["cluster-private-0-id","cluster-private-1-id","cluster-private-2-id"]""" },
        { "FlowLog cluster", "trafficType", "\"ALL\"" },
        { "FlowLog cluster", "iamRoleArn", "\"arn:aws:iam:ap-southeast-2:123456789012:cluster-flow-logs\"" },
        { "FlowLog cluster", "logDestination", "\"arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-flow-logs\"" },
        { "LogGroup cluster-flow-logs", "retentionInDays", "14" },
    };
}

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
        // The switch of network policies changes in place: replaced, it would be absent for a moment.
        { "kubernetes cluster", "enableConfigMapMutable", "\"true\"" },
    };
}

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
        { "ConfigMap cluster-network-policy", "metadata", """{"annotations":{"pulumi.com/patchForce":"true"},"name":"amazon-vpc-cni","namespace":"kube-system"}""" },
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

/// <summary>Who may assume which role, and what it may do.</summary>
internal static class IdentityRows
{
    // Nobody else's cluster or flow log can make the service use the role (IAM user guide, "confused-deputy").
    private const string OfThisAccount = ""","Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"} }""";

    private const string OfThisCluster =
        """ "StringEquals":{"aws:RequestTag/eks:eks-cluster-name":"${aws:PrincipalTag/eks:eks-cluster-name}"} """;

    private static readonly (string Role, string Policy)[] Managed =
    [
        ("cluster", "AmazonEKSClusterPolicy"), ("cluster", "AmazonEKSComputePolicy"), ("cluster", "AmazonEKSBlockStoragePolicy"),
        ("cluster", "AmazonEKSLoadBalancingPolicy"), ("cluster", "AmazonEKSNetworkingPolicy"),
        ("nodes", "AmazonEKSWorkerNodeMinimalPolicy"), ("nodes", "AmazonEC2ContainerRegistryPullOnly"),
    ];

    public static TheoryData<string, string, string> All
    {
        get
        {
            var rows = new TheoryData<string, string, string>
            {
                // Without TagSession EKS Auto Mode cannot say for which cluster it acts (EKS user guide, "auto-cluster-iam-role").
                { "Role cluster-cluster", "assumeRolePolicy", Trust("eks.amazonaws.com", OfThisAccount, "sts:TagSession") },
                // EC2 names no source when it takes on the role of an instance.
                { "Role cluster-nodes", "assumeRolePolicy", Trust("ec2.amazonaws.com", condition: "") },
                { "Role cluster-flow-logs", "assumeRolePolicy", Trust("vpc-flow-logs.amazonaws.com", OfThisAccount) },
                {
                    "RolePolicy cluster-flow-logs", "policy.Statement", """
                    [{
                      "Effect":"Allow",
                      "Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogGroups","logs:DescribeLogStreams"],
                      "Resource":"arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-flow-logs:*"
                    }]
                    """
                },
                { "RolePolicy cluster-cluster", "policy.Version", "\"2012-10-17\"" },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[0]", Tagging(
                        """["ec2:CreateFleet","ec2:RunInstances","ec2:CreateLaunchTemplate"]""",
                        "kubernetes-node-class-name", "kubernetes-node-pool-name")
                },
                { "RolePolicy cluster-cluster", "policy.Statement[1]", Tagging("""["ec2:CreateVolume","ec2:CreateSnapshot"]""") },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[2]",
                    Tagging("""["ec2:CreateNetworkInterface"]""", "kubernetes-cni-node-name")
                },
                {
                    "RolePolicy cluster-cluster", "policy.Statement[3]", Tagging("""
                    [
                      "elasticloadbalancing:CreateLoadBalancer","elasticloadbalancing:CreateTargetGroup",
                      "elasticloadbalancing:CreateListener","elasticloadbalancing:CreateRule","ec2:CreateSecurityGroup"
                    ]
                    """)
                },
            };
            foreach (var (role, policy) in Managed)
            {
                rows.Add($"RolePolicyAttachment cluster-{role}-{policy}", "policyArn", $"\"arn:aws:iam::aws:policy/{policy}\"");
                rows.Add($"RolePolicyAttachment cluster-{role}-{policy}", "role", $"\"cluster-{role}\"");
            }

            return rows;
        }
    }

    private static string Trust(string service, string condition, params string[] more)
    {
        var actions = string.Join(',', more.Prepend("sts:AssumeRole").Select(action => $"\"{action}\""));
        var statement = $$"""{"Effect":"Allow","Action":[{{actions}}],"Principal":{"Service":"{{service}}"}{{condition}} }""";
        return $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""";
    }

    private static string Tagging(string actions, params string[] tags)
    {
        var like = string.Join(',', tags.Select(tag => $"\"aws:RequestTag/eks:{tag}\":\"*\""));
        var more = tags.Length == 0 ? "" : $$""","StringLike":{ {{like}} }""";
        return $$"""{"Effect":"Allow","Action":{{actions}},"Resource":"*","Condition":{ {{OfThisCluster}}{{more}} } }""";
    }
}

/// <summary>The image repositories and what publishes into them.</summary>
internal static class ImageRows
{
    private const string Repository = "Repository gopher-distributor";
    private const string Lifecycle = "LifecyclePolicy gopher-distributor";
    private const string Command = "Command gopher-distributor-image";

    public static TheoryData<string, string, string> All => new()
    {
        { Repository, "name", "\"gopher-mesh-dev/gopher-distributor\"" },
        { Repository, "imageTagMutability", "\"IMMUTABLE_WITH_EXCLUSION\"" },

        // Only the tags that the SDK gives to architectures: a push that is repeated after an interruption overwrites them.
        {
            Repository, "imageTagMutabilityExclusionFilters",
            """[{"filter":"src-*-linux-x64","filterType":"WILDCARD"},{"filter":"src-*-linux-arm64","filterType":"WILDCARD"}]"""
        },
        { Repository, "imageScanningConfiguration", """{"scanOnPush":true}""" },
        {
            Repository, "encryptionConfigurations",
            """[{"encryptionType":"KMS","kmsKey":"arn:aws:kms:ap-southeast-2:123456789012:cluster"}]"""
        },
        { Repository, "forceDelete", "true" },
        { Lifecycle, "repository", "\"gopher-distributor\"" },
        {
            Lifecycle, "policy.rules[0].selection",
            """{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":7}"""
        },
        {
            Lifecycle, "policy.rules[1].selection",
            """{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":300}"""
        },
        { Lifecycle, "policy.rules[1].action", """{"type":"expire"}""" },
        { Command, "create", "\"Images/publish-image.sh\"" },
        { Command, "interpreter", """["bash"]""" },

        // Its output is the digest alone, and what goes wrong is on standard error; the token is in neither.
        { Command, "logging", "\"stderr\"" },
        { Command, "environment.PROJECT", "\"apps/gopher-distributor/GopherDistributor.csproj\"" },
        { Command, "environment.REGISTRY", "\"123456789012.dkr.ecr.ap-southeast-2.amazonaws.com\"" },
        { Command, "environment.REPOSITORY", "\"gopher-distributor\"" },
        { Command, "environment.AWS_REGION", "\"ap-southeast-2\"" },
        { Command, "environment.PROFILE", "\"team\"" },
    };
}

/// <summary>The gateway's load balancer, and how the mesh's own pods are spread.</summary>
internal static class GatewayRows
{
    public const string Certificate = "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012";

    private const string Gateway = "Release istio-ingressgateway";

    public static TheoryData<string, string, string> All => new()
    {
        { Gateway, "values.service.type", "\"LoadBalancer\"" },
        { Gateway, "values.service.loadBalancerClass", "\"eks.amazonaws.com/nlb\"" },
        { Gateway, "values.service.allocateLoadBalancerNodePorts", "false" },
        { Gateway, "values.service.loadBalancerSourceRanges", """["203.0.113.0/24"]""" },
        { Gateway, "values.service.annotations", Annotations },
        { Gateway, "values.topologySpreadConstraints", Spread("istio", "ingressgateway") },
        { "Release istiod", "values.topologySpreadConstraints", Spread("app", "istiod") },
    };

    // The health checks call the proxy itself; TLS 1.2 is the oldest accepted version.
    private static string Annotations => $$"""
        {
          "service.beta.kubernetes.io/aws-load-balancer-scheme":"internal",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type":"ip",
          "service.beta.kubernetes.io/aws-load-balancer-attributes":"load_balancing.cross_zone.enabled=true",
          "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
            "preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=180",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol":"http",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port":"15021",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path":"/healthz/ready",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval":"10",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold":"2",
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold":"2",
          "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags":
            "managed-by=pulumi,owner=team-7,project=gopher-mesh,stack=dev",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert":"{{Certificate}}",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-ports":"443",
          "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy":"ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
          "service.beta.kubernetes.io/aws-load-balancer-alpn-policy":"HTTP2Preferred"
        }
        """;

    // On a new cluster the first node is in one zone. Only a pod that may not run there makes the cluster start a node in a second.
    private static string Spread(string label, string value) => $$"""
        [
          {
            "maxSkew":1,"minDomains":2,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule",
            "labelSelector":{"matchLabels":{"{{label}}":"{{value}}"} },"matchLabelKeys":["pod-template-hash"]
          },
          {
            "maxSkew":1,"topologyKey":"kubernetes.io/hostname","whenUnsatisfiable":"ScheduleAnyway",
            "labelSelector":{"matchLabels":{"{{label}}":"{{value}}"} },"matchLabelKeys":["pod-template-hash"]
          }
        ]
        """;
}
