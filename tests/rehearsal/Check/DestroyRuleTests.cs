namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class DestroyRuleTests
{
    private const string Cluster = "eks:index:Cluster cluster";
    private const string Gateway = "kubernetes:helm.sh/v3:Release istio-ingressgateway";

    [Fact]
    public Task What_is_retained() => Breakage.FindsAsync(
        "outlives-destroy", "aws:ec2/eip:Eip cluster-private", "retainOnDelete", stack => stack.Change("aws:ec2/eip:Eip cluster-private", eip => eip with { RetainOnDelete = true }));

    [Fact]
    public Task What_is_protected() => Breakage.FindsAsync(
        "outlives-destroy", "aws:ec2/vpc:Vpc cluster", "protect", stack => stack.Change("aws:ec2/vpc:Vpc cluster", vpc => vpc with { Protect = true }));

    [Fact]
    public Task A_load_balancers_owner_that_is_deleted_with_the_cluster() => Breakage.FindsAsync(
        "outlives-destroy", "Helm release istio-ingressgateway", "deletedWith",
        stack => stack.Change(Gateway, release => release with { DeletedWith = stack.Resources.First(resource => resource.Type == "eks:index:Cluster").Urn }));

    [Theory]
    [InlineData("aws:ecr/repository:Repository gopher-requester", "forceDelete", "false", "a repository with images")]
    [InlineData("aws:cloudwatch/logGroup:LogGroup cluster-control-plane", "skipDestroy", "true", "skipDestroy")]
    public Task What_is_not_deleted_whole(string resource, string path, string json, string what) =>
        Breakage.FindsAsync("outlives-destroy", resource, what, stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData("aws:s3/bucket:Bucket", "{}", "a bucket with objects")]
    [InlineData("aws:s3/bucketV2:BucketV2", """{"forceDestroy":false}""", "a bucket with objects")]
    [InlineData("aws:rds/instance:Instance", """{"storageEncrypted":true}""", "a last snapshot")]
    [InlineData("aws:rds/cluster:Cluster", """{"storageEncrypted":true}""", "a last snapshot")]
    public Task What_leaves_something_behind(string type, string inputs, string what) =>
        Breakage.FindsAsync("outlives-destroy", $"{type} data", what, stack => stack.With(type, "data", inputs));

    [Theory]
    [InlineData("storage.k8s.io/v1", "StorageClass", "\"provisioner\":\"example.com/disk\",\"reclaimPolicy\":\"Retain\"", "reclaimPolicy")]
    [InlineData("core/v1", "PersistentVolume", "\"spec\":{\"persistentVolumeReclaimPolicy\":\"Retain\"}", "its volume stays")]
    [InlineData("apps/v1", "StatefulSet", "\"spec\":{\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"data\"}}]}", "the claims of a StatefulSet")]
    public Task A_volume_that_stays(string group, string kind, string body, string what) => Breakage.FindsAsync("outlives-destroy", $"{kind} data", what, stack => stack.WithLast(
        $"kubernetes:{group}:{kind}", "data", $$"""{"apiVersion":"{{group.Replace("core/", "", StringComparison.Ordinal)}}","kind":"{{kind}}","metadata":{"name":"data"},{{body}}}"""));

    [Fact]
    public Task What_helm_is_told_to_keep() => Breakage.FindsAsync(
        "outlives-destroy", "Helm release istiod", "helm.sh/resource-policy", stack => stack.Set("kubernetes:helm.sh/v3:Release istiod", "values/annotations", """{"helm.sh/resource-policy":"keep"}"""));

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
    public async Task An_object_of_a_provider_that_the_cluster_does_not_outlive()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.WithLast(
            "kubernetes:core/v1:ConfigMap", "new", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"new"}}""").Change("kubernetes:core/v1:ConfigMap new", map => map with { DependsOn = [] }));

        Assert.Equal(
            ["NodeClass gopher-mesh", "NodePool gopher-mesh", "eks:index:Cluster cluster"],
            findings.Where(finding => finding.Violation.Resource == "ConfigMap new").Select(finding => finding.Violation.Problem.Split("delete ")[1].Split(',')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cluster_that_its_network_does_not_outlive()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Change(
            Cluster, cluster => cluster with { DependsOn = [.. cluster.DependsOn.Where(urn => !urn.EndsWith(":Network::cluster", StringComparison.Ordinal))] }));

        Assert.Contains(findings, finding => finding.Violation.Problem.Contains("delete aws:ec2/route:Route cluster-private,", StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.Equal(("deletion-order", Cluster), (finding.Rule.Id, finding.Violation.Resource)));
    }

    [Theory]
    [InlineData("name", "\"/aws/eks/other/cluster\"")]
    [InlineData("retentionInDays", null)]
    public Task A_log_group_that_eks_makes(string path, string? json) => Breakage.FindsAsync(
        "unowned-log-group", Cluster, "/aws/eks/gopher-mesh-dev/cluster", stack => stack.Set("aws:cloudwatch/logGroup:LogGroup cluster-control-plane", path, json));

    [Fact]
    public Task A_log_group_that_eks_makes_again() => Breakage.FindsAsync(
        "unowned-log-group", Cluster, "/aws/eks/gopher-mesh-dev/cluster",
        stack => stack.Change(Cluster, cluster => cluster with { DependsOn = [.. cluster.DependsOn.Where(urn => !urn.EndsWith("::cluster-control-plane", StringComparison.Ordinal))] }));

    [Fact]
    public async Task Not_the_same_on_a_cluster_that_was_there_before() => Assert.DoesNotContain(
        Gopherctl.Check.Policy.Check(await Renderings.OfAsync("local")), finding => finding.Rule.Id == "deletion-order");

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public async Task Not_a_resource_that_is_only_read(bool isRead, int findings) => Assert.Equal(findings, (await Breakage.FindingsAsync(stack => stack.Change(
        "aws:ecr/repository:Repository gopher-requester", images => images with { IsRead = isRead, Protect = true }))).Count);
}
