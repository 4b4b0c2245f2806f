using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Observability;

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
        var release = await ObservedStack.ReleaseAsync(name);

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
        var release = await ObservedStack.ReleaseAsync(name);
        var home = Assert.Single(release.DependsOn, dependency => dependency.Key == "kubernetes:core/v1:Namespace observability");

        Assert.Contains("kubernetes:helm.sh/v3:Release istio-ingressgateway", home.DependsOn.Select(dependency => dependency.Key));
        Assert.Equal("restricted", (string?)home.At("metadata.labels")!["pod-security.kubernetes.io/enforce"]);
    }

    [Fact]
    public async Task No_gopher_waits_for_them()
    {
        var stack = await ObservedStack.WithAsync(("canaryVersion", "v2"));
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

/// <summary>The tools' files: they come from the repository, and no shift of traffic changes them.</summary>
public class ToolFilesTests
{
    [Theory]
    [InlineData("prometheus-config", "prometheus", "alerts.yaml", "prometheus.yml", "recording.yaml")]
    [InlineData("kube-state-metrics-virtualservices", "kube-state-metrics", "virtualservices.yaml")]
    [InlineData("grafana-dashboards-gopher", "grafana", "gopher-rollout.json")]
    public async Task Gives_a_tool_the_repositorys_files_unchanged(string name, string tool, params string[] files)
    {
        var stack = await ObservedStack.WithAsync();
        var data = (JsonObject)stack[ObservedStack.ConfigMap, name].At("data")!;

        Assert.Equal(files, data.Select(file => file.Key));
        Assert.All(data, file => Assert.NotEmpty((string)file.Value!));
        Assert.Contains(
            $"{ObservedStack.ConfigMap} {name}", stack[ObservedStack.Release, tool].DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task Prometheus_looks_for_pods_in_the_stacks_namespaces_only()
    {
        var stack = await ObservedStack.WithAsync(("namespace", "team-7"));
        var configuration = (string)stack[ObservedStack.ConfigMap, "prometheus-config"].At("data")!["prometheus.yml"]!;

        Assert.Contains("names: [istio-system, observability, \"team-7\"]", configuration, StringComparison.Ordinal);
        Assert.DoesNotContain("{gophers}\"", configuration, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "alertmanagers: []")]
    [InlineData(
        "http://alertmanager.monitoring:9093",
        """alertmanagers: [{scheme: http, path_prefix: "/", static_configs: [{targets: ["alertmanager.monitoring:9093"]}]}]""")]
    [InlineData(
        "https://alerts.example.com/team",
        """alertmanagers: [{scheme: https, path_prefix: "/team", static_configs: [{targets: ["alerts.example.com:443"]}]}]""")]
    public async Task Prometheus_sends_alerts_to_the_Alertmanager_that_is_named(string? address, string expected)
    {
        var stack = await ObservedStack.WithAsync(address is null ? [] : [("alertmanagerUrl", address)]);

        Assert.Contains(
            expected, (string)stack[ObservedStack.ConfigMap, "prometheus-config"].At("data")!["prometheus.yml"]!, StringComparison.Ordinal);
    }

    // Prometheus and Alertmanager show runbook_url as a link, which a path in this repository is not.
    [Theory]
    [InlineData(null, "runbook: docs/observability.md#", "runbook_url")]
    [InlineData("https://git.example.com/team/docs/observability.md?ref={main}", "runbook_url: https://git.example.com/team/docs/observability.md?ref=%7Bmain%7D#", "runbook: ")]
    public async Task An_alert_has_a_link_to_its_runbook_where_the_page_is_read(string? address, string expected, string absent)
    {
        var stack = await ObservedStack.WithAsync(address is null ? [] : [("runbookUrl", address)]);
        var alerts = (string)stack[ObservedStack.ConfigMap, "prometheus-config"].At("data")!["alerts.yaml"]!;
        var rules = alerts.Split('\n').Where(line => !line.StartsWith('#')).ToList();

        Assert.Equal(rules.Count(line => line.Contains("- alert: ", StringComparison.Ordinal)), rules.Count(line => line.Contains(expected, StringComparison.Ordinal)));
        Assert.DoesNotContain(rules, line => line.Contains(absent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_shift_changes_none_of_it()
    {
        var before = await ObservedStack.WithAsync(("canaryVersion", "v2"));
        var after = await ObservedStack.WithAsync(("canaryVersion", "v2"), ("canaryWeight", "50"));

        Assert.Equal(
            ["kubernetes:networking.istio.io/v1:VirtualService gopher-distributor"],
            before.Resources
                .Where(resource => !JsonNode.DeepEquals(resource.Inputs, after[resource.Type, resource.Name].Inputs))
                .Select(resource => resource.Key));
    }
}

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
        Assert.Empty((await ObservedStack.WithAsync(("metricsStorageGiB", "8"))).Of("kubernetes:storage.k8s.io/v1:StorageClass"));
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
        AssertJson.Equal("""{"karpenter.sh/do-not-disrupt":"true"}""", (await ObservedStack.ReleaseAsync(release)).At($"values.{annotations}"));

    private static Task<DeclaredResource> Prometheus(params (string, string)[] changes) => ObservedStack.ReleaseAsync("prometheus", changes);
}
