using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra;
using GopherMesh.Infra.Eks;
using GopherMesh.Infra.Eks.Network;
using GopherMesh.Infra.Settings;
using Pulumi;
using RepositoryRoot = GopherMesh.Infra.Images.RepositoryRoot;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>The cluster that the dev stack declares.</summary>
public class ClusterTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>
{
    private const string Cluster = "eks:index:Cluster";

    private readonly DevStack _stack = fixture.Stack;

    // EKS refuses to delete the cluster, but only when everything in it is gone.
    [Fact]
    public async Task Under_deletion_protection_a_destroy_is_refused_before_it_deletes_what_callers_use()
    {
        // A component's resources take the option from it.
        string[] needed = ["eks:index:Cluster cluster", "gopher-mesh:eks:Nodes cluster", "gopher-mesh:mesh:Istio istio", "kubernetes:core/v1:Namespace gophers"];
        var stack = await DevStack.DeclareAsync("deletionProtection=true");

        Assert.All(needed, name => Assert.True(stack.Resources.Single(resource => $"{resource.Type} {resource.Name}" == name).Protect, name));
        Assert.DoesNotContain((await DevStack.DeclareAsync()).Resources, resource => resource.Protect);
    }

    [Fact]
    public void Is_reached_through_access_entries_from_inside_the_network_only()
    {
        var cluster = _stack.Inputs(Cluster);

        Assert.Equal("API", (string)cluster["authenticationMode"]!);
        Assert.Equal((true, false), ((bool)cluster["endpointPrivateAccess"]!, (bool)cluster["endpointPublicAccess"]!));
        // The component refuses blocks where there is no public endpoint, even an empty list of them.
        Assert.False(cluster.ContainsKey("publicAccessCidrs"));
    }

    [Fact]
    public async Task Gives_access_to_the_principals_that_the_settings_name()
    {
        var stack = await DevStack.DeclareAsync(
            """apiAllowedCidrs=["203.0.113.7/32"]""",
            """accessEntries={"ops":{"principalArn":"arn:aws:iam::123456789012:role/ops","policy":"view","namespaces":["gophers"]}}""");
        var cluster = stack.Inputs(Cluster);
        var policy = cluster["accessEntries"]!["ops"]!["accessPolicies"]!["AmazonEKSViewPolicy"]!;

        Assert.True((bool)cluster["endpointPublicAccess"]!);
        Assert.Equal("203.0.113.7/32", (string)cluster["publicAccessCidrs"]![0]!);
        Assert.Equal("arn:aws:iam::123456789012:role/ops", (string)cluster["accessEntries"]!["ops"]!["principalArn"]!);
        Assert.Equal("arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", (string)policy["policyArn"]!);
        AssertJson.Equal("""{"type":"namespace","namespaces":["gophers"]}""", policy["accessScope"]);
    }

    [Fact]
    public void Runs_on_a_node_pool_of_its_own()
    {
        var cluster = _stack.Inputs(Cluster);
        var nodes = cluster["accessEntries"]!["nodes"]!;

        Assert.Equal((true, false), ((bool)cluster["autoMode"]!["enabled"]!, (bool)cluster["autoMode"]!["createNodeRole"]!));
        Assert.Empty(cluster["autoMode"]!["computeConfig"]!["nodePools"]!.AsArray());
        Assert.Equal(("EC2", "AmazonEKSAutoNodePolicy"), ((string)nodes["type"]!, nodes["accessPolicies"]!.AsObject().Single().Key));
        Assert.True((bool)cluster["skipDefaultNodeGroup"]!);
        Assert.False((bool)cluster["corednsAddonOptions"]!["enabled"]!);
    }

    // Karpenter's budgets forbid, and are active for a time after each moment of their schedule: here from the window's end to its next start.
    [Theory]
    [InlineData("sun:02:00-sun:06:00", "0 6 * * 0", "164h0m")]
    [InlineData("sat:23:00-sun:01:30", "30 1 * * 0", "165h30m")]
    [InlineData("02:00-06:00", "0 6 * * *", "20h0m")]
    [InlineData("23:30-01:00", "0 1 * * *", "22h30m")]
    public async Task Replaces_nodes_that_run_pods_only_in_the_window(string window, string schedule, string duration)
    {
        var pool = (await DevStack.DeclareAsync($"nodeMaintenanceWindow={window}")).Inputs("kubernetes:karpenter.sh/v1:NodePool")["spec"]!;

        AssertJson.Equal(
            $$"""[{"nodes":"10%"},{"nodes":"0","reasons":["Drifted","Underutilized"],"schedule":"{{schedule}}","duration":"{{duration}}"}]""",
            pool["disruption"]!["budgets"]);
        // No budget holds back a node that expires.
        Assert.Equal("504h", (string)pool["template"]!["spec"]!["expireAfter"]!);
    }

    // Its pods need a node, and Auto Mode has none of AWS's own node pools here.
    [Fact]
    public async Task Runs_metrics_server_as_an_add_on_where_it_is_wanted()
    {
        var stack = await DevStack.DeclareAsync("metricsServer=true");
        var addon = stack.Single("aws:eks/addon:Addon");

        Assert.Equal("metrics-server", (string)addon.Inputs["addonName"]!);
        Assert.Equal("gopher-mesh-dev", (string)addon.Inputs["clusterName"]!);
        Assert.True(new DeletionOrder(stack.Resources).Deletes(addon, stack.Single("kubernetes:karpenter.sh/v1:NodePool")));
        Assert.Empty(_stack.OfType("aws:eks/addon:Addon"));
    }

    [Fact]
    public async Task Calls_AWS_as_the_role_and_in_the_accounts_that_the_settings_name()
    {
        var stack = await DevStack.DeclareAsync(
            """aws:assumeRoles=[{"roleArn":"arn:aws:iam::123456789012:role/deployer"}]""", """aws:allowedAccountIds=["123456789012"]""");
        var aws = stack.Single("pulumi:providers:aws").Inputs;
        var command = stack.Inputs("command:local:Command", "gopher-requester-image")["environment"]!;

        AssertJson.Equal("""[{"roleArn":"arn:aws:iam::123456789012:role/deployer","sessionName":"gopher-mesh"}]""", JsonNode.Parse((string)aws["assumeRoles"]!));
        AssertJson.Equal("""["123456789012"]""", JsonNode.Parse((string)aws["allowedAccountIds"]!));
        Assert.Equal(("arn:aws:iam::123456789012:role/deployer", "gopher-mesh"), ((string)command["ROLE"]!, (string)command["ROLE_SESSION"]!));
    }

    [Fact]
    public async Task Switches_the_logs_that_it_switched_on_off_with_the_same_credentials()
    {
        const string Switch = "cluster-control-plane-logs";
        var stack = await DevStack.DeclareAsync("""aws:assumeRoles=[{"roleArn":"arn:aws:iam::123456789012:role/deployer"}]""");
        var (inputs, logs) = (stack.Inputs("command:local:Command", Switch), stack.Inputs("eks:index:Cluster", "cluster")["enabledClusterLogTypes"]!.AsArray());

        Assert.Equal(string.Join(',', logs.Select(type => (string)type!)), (string)inputs["environment"]!["TYPES"]!);
        Assert.Equal(("gopher-mesh-dev", "ap-southeast-2"), ((string)inputs["environment"]!["CLUSTER"]!, (string)inputs["environment"]!["AWS_REGION"]!));
        Assert.Equal(("arn:aws:iam::123456789012:role/deployer", "gopher-mesh"), ((string)inputs["environment"]!["ROLE"]!, (string)inputs["environment"]!["ROLE_SESSION"]!));
        AssertJson.Equal("""["bash","Eks/control-plane-logs.sh"]""", inputs["interpreter"]);
        Assert.Equal(("on", "off"), ((string)inputs["create"]!, (string)inputs["delete"]!));
        Assert.True(File.Exists(Path.Combine(RepositoryRoot.Find(), "infra", "Eks", "control-plane-logs.sh")));
        Assert.DoesNotContain(_stack.Inputs("command:local:Command", Switch)["environment"]!.AsObject(), entry => entry.Key.StartsWith("ROLE", StringComparison.Ordinal));
    }

    // Auto Mode looks for the nodes' access entry by the role's name without its path (aws/containers-roadmap#2486).
    [Fact]
    public async Task Gives_every_role_the_boundary_and_every_role_but_the_nodes_the_path()
    {
        var stack = await DevStack.DeclareAsync("rolePath=/team/", "rolePermissionsBoundary=arn:aws:iam::123456789012:policy/b");
        var roles = stack.OfType("aws:iam/role:Role").ToDictionary(role => role.Name, role => role.Inputs);

        Assert.Equal(["cluster-cluster", "cluster-flow-logs", "cluster-nodes"], roles.Keys.Order());
        Assert.All(roles.Values, role => Assert.Equal("arn:aws:iam::123456789012:policy/b", (string)role["permissionsBoundary"]!));
        Assert.Equal(["/team/", "/team/", null], roles.OrderBy(role => role.Key).Select(role => (string?)role.Value["path"]));
        Assert.All(_stack.OfType("aws:iam/role:Role"), role => Assert.Equal(["assumeRolePolicy"], role.Inputs.Select(input => input.Key)));
    }

    // The pod identity webhook looks at a pod when it is made, and never again; the agent is past the proxy and the default deny.
    [Fact]
    public async Task Gives_the_pods_of_a_service_the_role_that_the_settings_name()
    {
        const string Excluded = "traffic.sidecar.istio.io/excludeOutboundIPRanges";
        var stack = await DevStack.DeclareAsync("requesterRoleArn=arn:aws:iam::123456789012:role/requester");
        var association = stack.Single("aws:eks/podIdentityAssociation:PodIdentityAssociation");
        var requester = stack.Single("kubernetes:apps/v1:Deployment", "gopher-requester");
        JsonNode? Annotations(string deployment) => stack.Inputs("kubernetes:apps/v1:Deployment", deployment)["spec"]!["template"]!["metadata"]!["annotations"];
        IEnumerable<string> Egress(string policy) => stack.Inputs("kubernetes:networking.k8s.io/v1:NetworkPolicy", policy)["spec"]!["egress"]?.AsArray().Select(rule => rule!.ToJsonString()) ?? [];

        AssertJson.Equal(
            """{"clusterName":"gopher-mesh-dev","namespace":"gophers","serviceAccount":"gopher-requester","roleArn":"arn:aws:iam::123456789012:role/requester"}""",
            association.Inputs);
        Assert.True(new DeletionOrder(stack.Resources).Deletes(requester, association));
        Assert.Equal("169.254.170.23/32", (string)Annotations("gopher-requester")![Excluded]!);
        Assert.Null(Annotations("gopher-distributor-v1")?[Excluded]);
        Assert.Single(Egress("gopher-requester"), rule => rule.Contains("\"169.254.170.23/32\"", StringComparison.Ordinal) && rule.Contains("\"port\":80,", StringComparison.Ordinal));
        Assert.DoesNotContain(Egress("gopher-distributor"), rule => rule.Contains("169.254.170.23", StringComparison.Ordinal));
        Assert.Empty(_stack.OfType("aws:eks/podIdentityAssociation:PodIdentityAssociation"));
    }

    [Fact]
    public void Creates_every_AWS_resource_with_the_provider_that_adds_the_tags()
    {
        string[] tags = ["managed-by", "owner", "project", "stack"];
        var aws = _stack.OfType("pulumi:providers:aws").Single();
        var byDefault = JsonNode.Parse((string)aws.Inputs["defaultTags"]!)!["tags"]!.AsObject();

        Assert.Equal(tags, byDefault.Select(tag => tag.Key).Order());
        Assert.All(
            _stack.Resources.Where(resource => resource.Type.StartsWith("aws:", StringComparison.Ordinal)),
            resource => Assert.Equal(aws.Urn, resource.Provider));
    }
}

/// <summary>Which objects of the cluster say that they are the stack's alone.</summary>
public class OwnershipTests
{
    // Everything that the settings can add, on a cluster of the stack's own and on one that was there.
    private static readonly IReadOnlyList<(string Stack, string[] Settings)> Variants =
    [
        ("dev", []),
        ("dev",
        [
            "canaryVersion=v2", "canaryWeight=10", "observability=true", "metricsStorageGiB=8", "accessLogs=true", "istioCni=true", "metricsServer=true",
            "requesterMaxReplicas=10", "distributorMaxReplicas=10", "canaryStickyMinutes=10", "previewHeader=x-gopher-version",
            "requesterRoleArn=arn:aws:iam::123456789012:role/requester", "hostedZoneId=Z0123456789ABCDEFGHIJ", """gatewayHosts=["gophers.example.com"]""",
        ]),
        ("local", ["previewHeader=x-gopher-version", "faultVersion=v1", "faultAbortPercent=1"]),
        ("local", ["canaryVersion=v2", "observability=true", "metricsStorageGiB=8", "metricsStorageClass=standard", "alertmanagerUrl=http://alertmanager.monitoring:9093"]),
    ];

    private static IEnumerable<string> OwnKinds => typeof(GopherMeshStack).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(Pulumi.Kubernetes.ApiExtensions.CustomResource))).Select(type => type.Name);

    // An edit by hand or by a controller of any other object would stop every later `pulumi up` with a conflict of field managers.
    [Fact]
    public async Task The_stack_overwrites_what_others_change_in_every_object_but_those_that_have_a_reason()
    {
        var (kinds, shared) = (new HashSet<string>(), new HashSet<string>());
        foreach (var (stack, settings) in Variants)
        {
            var declaration = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), stack, settings));
            foreach (var item in declaration.Resources.Where(resource => resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal)))
            {
                kinds.Add(item.Type.Split(':')[^1]);
                var isItsOwn = $"{item.Inputs["metadata"]?["annotations"]?["pulumi.com/patchForce"]}" == "true";
                if (ReasonToShare(item) is { } reason)
                {
                    shared.Add(reason);
                    Assert.False(isItsOwn, $"{stack}: {item.Type} {item.Name} is not the stack's alone: {reason}");
                }
                else
                {
                    Assert.True(isItsOwn, $"{stack} {string.Join(' ', settings)}: {item.Type} {item.Name} does not say that it is the stack's alone");
                }
            }
        }

        // None is left out, of the stack's own kinds and of the reasons.
        Assert.Empty(OwnKinds.Except(kinds));
        Assert.Equal(3, shared.Count);
    }

    private static string? ReasonToShare(Gopherctl.Program.Evaluation.DeclaredResource item) => item switch
    {
        { Type: "kubernetes:helm.sh/v3:Release" } => "Helm is its field manager, and Pulumi applies no object of it",
        { IsRead: true } => "it is only read: its chart declares it",
        { Type: "kubernetes:apps/v1:Deployment", IgnoreChanges: ["spec.replicas"] } => "an autoscaler sets its replicas",
        _ => null,
    };
}

public class EksPlanTests
{
    [Fact]
    public void Names_the_cluster_and_its_tags_after_the_stack()
    {
        var plan = EksPlan.For(StackFiles.Dev(("owner", "team-7")).Read().Eks, "dev");

        Assert.Equal("gopher-mesh-dev", plan.Name);
        Assert.Equal("managed-by=pulumi,owner=team-7,project=gopher-mesh,stack=dev", plan.Tags.ToAnnotation());
    }

    [Theory]
    [InlineData("ap-southeast-2", "3", 3)]
    [InlineData("ap-southeast-2", "2", 2)]
    [InlineData("us-west-1", "3", 2)]
    public void Spreads_over_the_wanted_zones_or_over_all_that_the_region_has(string region, string zones, int expected) =>
        Assert.Equal(expected, EksPlan.For(StackFiles.Dev(("aws:region", region), ("zones", zones)).Read().Eks, "dev").Network!.Zones.Count);

    [Theory]
    [InlineData("Dev")]
    [InlineData("dev_1")]
    [InlineData("dev.1")]
    [InlineData("dev--1")]
    [InlineData("a-stack-with-a-name-of-forty-one-letters-x")]
    public void Refuses_a_stack_whose_name_AWS_would_refuse(string stack) =>
        Assert.Contains(stack, Assert.Throws<RunException>(() => EksPlan.For(StackFiles.Dev().Read().Eks, stack)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ap-southeast-2", "aws")]
    [InlineData("cn-north-1", "aws-cn")]
    [InlineData("us-gov-east-1", "aws-us-gov")]
    public void Knows_the_partition_of_a_region(string region, string partition) => Assert.Equal(partition, Region.Partition(region));

    [Fact]
    public void Chooses_the_first_zones_by_name() =>
        Assert.Equal(["r-1a", "r-1b"], AvailabilityZoneNames.Choose("r-1", 2, ["r-1c", "r-1b", "r-1a"]).AsEnumerable());

    [Fact]
    public void Says_what_to_do_where_the_account_has_too_few_zones() =>
        Assert.Contains("set zones to 2", Assert.Throws<RunException>(() => AvailabilityZoneNames.Choose("r-1", 3, ["r-1a", "r-1b"])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "pulumi config set --path 'apiAllowedCidrs[0]'")]
    [InlineData("""["203.0.113.7/32","0.0.0.0/0"]""", "has 0.0.0.0/0: the whole internet")]
    public void Warns_of_an_API_that_nobody_or_everybody_reaches(string allowed, string warning) =>
        Assert.Contains(warning, ApiAccess.WarningFor(Eks(("apiAllowedCidrs", allowed))), StringComparison.Ordinal);

    [Fact]
    public void Warns_of_a_private_API_in_a_network_that_does_not_exist_before_the_first_apply() =>
        Assert.Contains("begin with apiAllowedCidrs", ApiAccess.WarningFor(Eks(("apiPrivate", "true"))), StringComparison.Ordinal);

    [Fact]
    public void Does_not_warn_of_an_API_that_only_some_reach()
    {
        Assert.Null(ApiAccess.WarningFor(Eks(("apiAllowedCidrs", """["203.0.113.7/32"]"""))));
        Assert.Null(ApiAccess.WarningFor(Eks(
            ("apiPrivate", "true"), ("gatewayScheme", "internal"), ("vpcId", "vpc-0123456789abcdef0"), ("privateSubnetIds", """["subnet-00000001","subnet-00000002"]"""))));
    }

    [Fact]
    public void Deploys_nothing_where_nobody_could_reach_the_API_and_gives_the_line_to_paste()
    {
        var error = ApiAccess.LockedOut(Eks());

        Assert.Equal("gopher-mesh:apiAllowedCidrs", error!.Key);
        Assert.Contains("pulumi config set --path 'apiAllowedCidrs[0]' \"$(curl -s https://checkip.amazonaws.com)/32\"", error.Remedy, StringComparison.Ordinal);
        Assert.Contains("pulumi config set apiPrivate true", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Gets_the_clusters_tokens_with_the_credentials_that_created_it()
    {
        const string Kubeconfig = """{"users":[{"name":"aws","user":{"exec":{"command":"aws","args":["eks","get-token","--cluster-name","c"]}}}]}""";

        Assert.Contains("""["eks","get-token","--cluster-name","c","--profile","team"]""", KubeconfigCredentials.Set(Kubeconfig, Eks(("aws:profile", "team")).Credentials), StringComparison.Ordinal);
        Assert.Contains(
            """["eks","get-token","--cluster-name","c","--profile","team","--role-arn","arn:aws:iam::123456789012:role/deployer"]""",
            KubeconfigCredentials.Set(Kubeconfig, Eks(("aws:profile", "team"), ("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/deployer"}]""")).Credentials),
            StringComparison.Ordinal);
        Assert.Equal(Kubeconfig, KubeconfigCredentials.Set(Kubeconfig, Eks().Credentials));
    }

    private static EksSettings Eks(params (string Key, string Value)[] changes) => StackFiles.Dev(changes).Read().Eks;
}
