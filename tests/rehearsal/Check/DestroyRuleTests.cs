using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
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
