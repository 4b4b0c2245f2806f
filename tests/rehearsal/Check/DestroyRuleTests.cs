using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class DestroyRuleTests
{
    private const string Cluster = "eks:index:Cluster cluster";
    private const string Logs = "aws:cloudwatch/logGroup:LogGroup cluster-control-plane";
    private const string LogsOfEks = "/aws/eks/gopher-mesh-dev/cluster";
    private const string Address = "aws:ec2/eip:Eip cluster-private-0";
    private const string Vpc = "aws:ec2/vpc:Vpc cluster";
    private const string Images = "aws:ecr/repository:Repository gopher-requester";
    private const string Gateway = "kubernetes:helm.sh/v3:Release istio-ingressgateway";

    [Fact]
    public Task What_is_retained() => Breakage.FindsAsync(
        "outlives-destroy", Address, "retainOnDelete", stack => stack.Change(Address, address => address with { RetainOnDelete = true }));

    [Fact]
    public Task What_is_protected() => Breakage.FindsAsync(
        "outlives-destroy", Vpc, "protect", stack => stack.Change(Vpc, vpc => vpc with { Protect = true }));

    [Fact]
    public Task A_load_balancers_owner_that_is_deleted_with_the_cluster() => Breakage.FindsAsync(
        "outlives-destroy", "Helm release istio-ingressgateway", "deletedWith", stack => stack.Change(
            Gateway, release => release with { DeletedWith = stack.Resources.Single(other => other.Type == "eks:index:Cluster").Urn }));

    [Theory]
    [InlineData(Images, "forceDelete", "false", "a repository with images")]
    [InlineData(Logs, "skipDestroy", "true", "skipDestroy")]
    public Task What_is_not_deleted_whole(string resource, string path, string json, string what) =>
        Breakage.FindsAsync("outlives-destroy", resource, what, stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData("storage.k8s.io/v1", "StorageClass", "data", "\"provisioner\":\"example.com/disk\",\"reclaimPolicy\":\"Retain\"", "reclaimPolicy")]
    [InlineData("v1", "PersistentVolume", "data", "\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}", "its volume stays")]
    [InlineData("apps/v1", "StatefulSet", "gophers/data", "\"spec\":{\"volumeClaimTemplates\":[{}]}", "the claims of a StatefulSet")]
    public Task A_volume_that_stays(string apiVersion, string kind, string name, string members, string what) => Breakage.FindsAsync(
        "outlives-destroy", $"{kind} {name}", what, stack => stack.WithObject(apiVersion, kind, name, members));

    [Fact]
    public async Task A_volume_that_stays_because_a_file_was_edited()
    {
        var stack = (await Renderings.DeclareAsync("dev"))
            .WithObject("storage.k8s.io/v1", "StorageClass", "data", """
                "provisioner":"ebs.csi.aws.com","parameters":{"encrypted":"true"}
                """);
        var files = RenderedFiles.Of(stack);
        var path = files.Keys.Single(file => file.EndsWith("-storageclass-data.yaml", StringComparison.Ordinal));
        var clean = Policy.Check(RenderingReader.Read(files)).ToList();
        files[path] = files[path].Replace("\"true\"", "\"false\"", StringComparison.Ordinal) + "reclaimPolicy: Retain\n";

        var findings = Policy.Check(RenderingReader.Read(files)).Except(clean);

        Assert.Equal(
            [("encryption", "StorageClass data"), ("outlives-destroy", "StorageClass data")],
            findings.Select(finding => (finding.Rule.Id, finding.Violation.Resource)));
    }

    [Fact]
    public Task What_helm_is_told_to_keep() => Breakage.FindsAsync(
        "outlives-destroy", "Helm release istiod", "helm.sh/resource-policy",
        stack => stack.Set("kubernetes:helm.sh/v3:Release istiod", "values/annotations", """{"helm.sh/resource-policy":"keep"}"""));

    [Theory]
    [InlineData("name", "\"/aws/eks/other/cluster\"")]
    [InlineData("retentionInDays", null)]
    public Task A_log_group_that_eks_makes(string path, string? json) =>
        Breakage.FindsAsync("unowned-log-group", Cluster, LogsOfEks, stack => stack.Set(Logs, path, json));

    [Fact]
    public Task A_log_group_that_eks_makes_again() =>
        Breakage.FindsAsync("unowned-log-group", Cluster, LogsOfEks, stack => stack.WithoutEdge(Cluster, "::cluster-control-plane"));

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Not_a_resource_that_is_only_read(bool isRead, int findings) => Assert.Equal(findings, (await Breakage.FindingsAsync(
        stack => stack.Change(Images, images => images with { IsRead = isRead, Protect = true }))).Count);
}

/// <summary>The rule deletion-order: what is in a cluster goes before its nodes, those before it, and it before its network.</summary>
public sealed class DeletionOrderTests
{
    private const string Cluster = "eks:index:Cluster cluster";
    private const string ProviderType = "pulumi:providers:kubernetes";
    private const string Second = "eks:index:Cluster";
    private const string Map = "kubernetes:core/v1:ConfigMap new";

    private static readonly string[] NodesAndCluster = ["NodeClass gopher-mesh", "NodePool gopher-mesh", Cluster];

    [Fact]
    public async Task An_object_that_the_nodes_do_not_outlive()
    {
        // Of the mesh's namespace hang all of its objects.
        var findings = await Breakage.FindingsAsync(stack => stack.Change(
            "kubernetes:core/v1:Namespace istio-system", space => space with { DependsOn = [] }));

        Assert.Contains(findings, finding => finding.Violation is { Resource: "Helm release istio-ingressgateway" } violation
            && violation.Problem.StartsWith("a destroy may delete NodePool gopher-mesh", StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal("deletion-order", finding.Rule.Id));
    }

    [Fact]
    public async Task An_object_of_a_provider_that_the_cluster_does_not_outlive() =>
        Assert.Equal(NodesAndCluster, await NeededByTheMapAsync(stack => stack));

    [Fact]
    public async Task An_object_in_one_of_two_clusters_needs_that_one_and_no_other()
    {
        var second = Breakage.Urn(Second, "second");

        Assert.Empty(await NeededByTheMapAsync(stack => InSecondCluster(stack, second)));
        Assert.Equal(
            ["eks:index:NodeGroup second"],
            await NeededByTheMapAsync(stack => InSecondCluster(stack, second).With("eks:index:NodeGroup", "second", "{}", second)));
    }

    [Fact]
    public async Task An_object_in_a_cluster_of_others_needs_none_of_ours() =>
        Assert.Empty(await NeededByTheMapAsync(stack => InSecondCluster(stack)));

    [Theory]
    [InlineData("eks:index:NodeGroup")]
    [InlineData("eks:index:NodeGroupV2")]
    [InlineData("eks:index:ManagedNodeGroup")]
    [InlineData("aws:eks/nodeGroup:NodeGroup")]
    public async Task Nodes_that_the_cluster_does_not_outlive(string type)
    {
        var findings = await Breakage.FindingsAsync(stack => stack.With(type, "more", "{}"));

        Assert.Contains(findings, finding => finding.Violation.Resource == $"{type} more"
            && finding.Violation.Problem.StartsWith($"a destroy may delete {Cluster} first,", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Violation.Resource == "Helm release istiod"
            && finding.Violation.Problem.StartsWith($"a destroy may delete {type} more first,", StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal("deletion-order", finding.Rule.Id));
    }

    [Fact]
    public async Task A_cluster_that_its_network_does_not_outlive()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.WithoutEdge(Cluster, ":Network::cluster"));

        Assert.Contains(findings, finding =>
            finding.Violation.Problem.Contains("delete aws:ec2/route:Route cluster-private-0 first,", StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal(("deletion-order", Cluster), (finding.Rule.Id, finding.Violation.Resource)));
    }

    [Fact]
    public async Task A_cluster_needs_no_network_of_another_vpc()
    {
        const string Vpc = "aws:ec2/vpc:Vpc", Group = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", Subnet = "aws:ec2/subnet:Subnet";

        Assert.Empty(await Breakage.FindingsAsync(stack => stack
            .With(Vpc, "other", """{"cidrBlock":"10.9.0.0/16"}""")
            .With(Group, "other", """{"vpcId":"other-id"}""", Breakage.Urn(Vpc, "other"))
            .With("aws:ec2/flowLog:FlowLog", "other", """{"vpcId":"other-id","trafficType":"ALL","logDestinationType":"s3","logDestination":"arn:aws:s3:::logs"}""", Breakage.Urn(Vpc, "other"))
            .With(Subnet, "other-a", """{"vpcId":"other-id","cidrBlock":"10.9.0.0/24","availabilityZone":"ap-southeast-2a"}""", Breakage.Urn(Vpc, "other"))
            .With(Subnet, "other-b", """{"vpcId":"other-id","cidrBlock":"10.9.1.0/24","availabilityZone":"ap-southeast-2b"}""", Breakage.Urn(Vpc, "other"))));
    }

    [Fact]
    public async Task Not_the_same_on_a_cluster_that_was_there_before() => Assert.DoesNotContain(
        Policy.Check(await Renderings.OfAsync("local")), finding => finding.Rule.Id == "deletion-order");

    // What a ConfigMap more is told to depend on, in the stack as it becomes with the change.
    private static async Task<IEnumerable<string>> NeededByTheMapAsync(Func<Declaration, Declaration> change)
    {
        var findings = await Breakage.FindingsAsync(stack => change(stack
            .WithObject("v1", "ConfigMap", "gophers/new", "\"data\":{}").Change(Map, map => map with { DependsOn = [] })));
        return findings.Where(finding => finding.Violation.Resource == "ConfigMap gophers/new")
            .Select(finding => finding.Violation.Problem.Split("delete ")[1].Split(" first,")[0]).Order(StringComparer.Ordinal);
    }

    // The map, by a provider whose kubeconfig is made of what it needs: a second cluster, or nothing that is declared.
    private static Declaration InSecondCluster(Declaration stack, params string[] needs)
    {
        var network = stack.Resources.Where(resource => resource.Type.StartsWith("aws:ec2/", StringComparison.Ordinal));
        return stack
            .With(Second, "second", "{}", [.. network.Select(resource => resource.Urn)])
            .With(ProviderType, "second", "{}", needs)
            .Change(Map, map => map with { Provider = Breakage.Urn(ProviderType, "second") });
    }
}
