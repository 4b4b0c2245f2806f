namespace GopherMesh.Tests.Unit;

/// <summary>Where Prometheus keeps what it has scraped, and how much of it.</summary>
public class MetricsStorageTests
{
    [Fact]
    public async Task Metrics_are_lost_with_the_pod_unless_there_is_a_volume()
    {
        AssertJson.Equal("""{"enabled":false}""", (await Prometheus()).At("values.server.persistentVolume"));
        AssertJson.Equal(
            """{"enabled":true,"size":"8Gi"}""",
            (await Prometheus(("metricsStorageGiB", "8"))).At("values.server.persistentVolume"));
        AssertJson.Equal(
            """{"enabled":true,"size":"8Gi","storageClass":"fast"}""",
            (await Prometheus(("metricsStorageGiB", "8"), ("metricsStorageClass", "fast"))).At("values.server.persistentVolume"));
        Assert.Empty((await SeenStack.WithAsync(("metricsStorageGiB", "8"))).Of("kubernetes:storage.k8s.io/v1:StorageClass"));
    }

    [Fact]
    public async Task The_metrics_that_are_kept_leave_room_on_their_volume()
    {
        Assert.Equal("6553MB", (string?)(await Prometheus(("metricsStorageGiB", "8"))).At("values.server.retentionSize"));
        Assert.Equal("1638MB", (string?)(await Prometheus()).At("values.server.retentionSize"));
        Assert.Equal("2048Mi", (string?)(await Prometheus()).At("values.server.emptyDir.sizeLimit"));
    }

    // Without a volume they go with the pod, and EKS moves pods to save nodes.
    [Theory]
    [InlineData("prometheus", "server.podAnnotations")]
    [InlineData("kube-state-metrics", "podAnnotations")]
    public async Task No_pod_with_metrics_is_moved_to_save_a_node(string release, string annotations) =>
        AssertJson.Equal("""{"karpenter.sh/do-not-disrupt":"true"}""", (await SeenStack.ReleaseAsync(release)).At($"values.{annotations}"));

    private static Task<DeclaredResource> Prometheus(params (string, string)[] changes) => SeenStack.ReleaseAsync("prometheus", changes);
}
