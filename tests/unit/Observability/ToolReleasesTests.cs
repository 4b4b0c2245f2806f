namespace GopherMesh.Tests.Unit;

/// <summary>Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics in the cluster: what is true of each.</summary>
public class ToolReleasesTests
{
    public static TheoryData<string, string, string> Charts => new()
    {
        { "prometheus", "prometheus", "https://prometheus-community.github.io/helm-charts" },
        { "kube-state-metrics", "kube-state-metrics", "https://prometheus-community.github.io/helm-charts" },
        { "grafana", "grafana", "https://grafana-community.github.io/helm-charts" },
        { "jaeger", "jaeger", "https://jaegertracing.github.io/helm-charts" },
        { "kiali", "kiali-server", "https://kiali.org/helm-charts" },
    };

    public static TheoryData<string> Names => [.. Charts.Select(row => (string)row[0])];

    [Theory]
    [MemberData(nameof(Charts))]
    public async Task Installs_a_pinned_chart_under_its_own_name(string name, string chart, string repository)
    {
        var release = await SeenStack.ReleaseAsync(name);

        Assert.Equal(name, (string?)release.At("name"));
        Assert.Equal(chart, (string?)release.At("chart"));
        Assert.Equal(repository, (string?)release.At("repositoryOpts.repo"));
        Assert.Matches(@"\A\d+\.\d+\.\d+\z", (string?)release.At("version"));
        Assert.Equal("observability", (string?)release.At("namespace"));
        Assert.True((bool?)release.At("atomic"));
        Assert.Equal("gopher-mesh:observability:Tools observability", release.Parent?.Key);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_deleted_before_its_namespace_and_created_after_the_mesh(string name)
    {
        var release = await SeenStack.ReleaseAsync(name);
        var home = Assert.Single(release.DependsOn, dependency => dependency.Key == "kubernetes:core/v1:Namespace observability");

        Assert.Contains("kubernetes:helm.sh/v3:Release istio-ingressgateway", home.DependsOn.Select(dependency => dependency.Key));
        Assert.Equal("restricted", (string?)home.At("metadata.labels")!["pod-security.kubernetes.io/enforce"]);
    }

    [Fact]
    public async Task No_gopher_waits_for_them()
    {
        var stack = await SeenStack.WithAsync(("canaryVersion", "v2"));
        var tools = stack.Resources.Where(resource => resource.At("namespace")?.ToString() == "observability").ToHashSet();

        Assert.NotEmpty(tools);
        Assert.All(
            stack.Resources.Where(resource => resource.At("metadata.namespace")?.ToString() == "gophers"),
            gopher => Assert.DoesNotContain(gopher.DependsOn, tools.Contains));
    }

    [Fact]
    public async Task Switched_off_nothing_of_them_is_declared()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());

        Assert.DoesNotContain(
            stack.Resources, resource => resource.Inputs.ToJsonString().Contains("observability", StringComparison.Ordinal));
        Assert.DoesNotContain("observability", stack.Outputs.Keys);
    }
}
