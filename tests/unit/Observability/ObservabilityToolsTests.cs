using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>Prometheus, Grafana, Kiali, Jaeger and kube-state-metrics in the cluster.</summary>
public class ObservabilityToolsTests
{
    private const string Release = "kubernetes:helm.sh/v3:Release";
    private const string ConfigMap = "kubernetes:core/v1:ConfigMap";
    private const string StorageClass = "kubernetes:storage.k8s.io/v1:StorageClass";

    public static TheoryData<string, string, string> Charts => new()
    {
        { "prometheus", "prometheus", "https://prometheus-community.github.io/helm-charts" },
        { "kube-state-metrics", "kube-state-metrics", "https://prometheus-community.github.io/helm-charts" },
        { "grafana", "grafana", "https://grafana-community.github.io/helm-charts" },
        { "jaeger", "jaeger", "https://jaegertracing.github.io/helm-charts" },
        { "kiali", "kiali-server", "https://kiali.org/helm-charts" },
    };

    public static TheoryData<string> Names => [.. Charts.Select(row => (string)row[0])];

    private static Task<StackUnderTest> Seen(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("observability", "true"), .. changes]));

    [Theory]
    [MemberData(nameof(Charts))]
    public async Task Installs_a_pinned_chart_under_its_own_name(string name, string chart, string repository)
    {
        var release = (await Seen())[Release, name];

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
    public async Task Goes_before_its_namespace_and_comes_after_the_mesh(string name)
    {
        var home = Assert.Single((await Seen())[Release, name].DependsOn, dependency => dependency.Key == "kubernetes:core/v1:Namespace observability");

        Assert.Contains("kubernetes:helm.sh/v3:Release istio-ingressgateway", home.DependsOn.Select(dependency => dependency.Key));
        Assert.Equal("restricted", (string?)home.At("metadata.labels")!["pod-security.kubernetes.io/enforce"]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Can_be_reached_from_within_the_cluster_only(string name)
    {
        var values = (await Seen())[Release, name].At("values")!.ToJsonString();

        Assert.DoesNotContain("LoadBalancer", values, StringComparison.Ordinal);
        Assert.DoesNotContain("NodePort", values, StringComparison.Ordinal);
        Assert.DoesNotContain("\"ingress\":{\"enabled\":true", values, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_gopher_waits_for_them()
    {
        var stack = await Seen(("canaryVersion", "v2"));
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

        Assert.DoesNotContain(stack.Resources, resource => resource.Inputs.ToJsonString().Contains("observability", StringComparison.Ordinal));
        Assert.DoesNotContain("observability", stack.Outputs.Keys);
    }

    [Theory]
    [InlineData("prometheus-config", "prometheus", "alerts.yaml", "prometheus.yml", "recording.yaml")]
    [InlineData("kube-state-metrics-virtualservices", "kube-state-metrics", "virtualservices.yaml")]
    [InlineData("grafana-dashboards-gopher", "grafana", "gopher-rollout.json")]
    public async Task Gives_a_tool_the_repositorys_files_as_they_are(string name, string tool, params string[] files)
    {
        var stack = await Seen();
        var data = (JsonObject)stack[ConfigMap, name].At("data")!;

        Assert.Equal(files, data.Select(file => file.Key));
        Assert.All(data, file => Assert.NotEmpty((string)file.Value!));
        Assert.Contains($"{ConfigMap} {name}", stack[Release, tool].DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task A_shift_changes_none_of_it()
    {
        var (before, after) = (await Seen(("canaryVersion", "v2")), await Seen(("canaryVersion", "v2"), ("canaryWeight", "50")));

        Assert.Equal(
            ["kubernetes:networking.istio.io/v1:VirtualService gopher-distributor"],
            before.Resources.Where(resource => !JsonNode.DeepEquals(resource.Inputs, after[resource.Type, resource.Name].Inputs)).Select(resource => resource.Key));
    }

    [Fact]
    public async Task Metrics_go_with_the_pod_unless_a_volume_is_asked_for()
    {
        AssertJson.Equal("""{"enabled":false}""", (await Seen())[Release, "prometheus"].At("values.server.persistentVolume"));
        AssertJson.Equal(
            """{"enabled":true,"size":"8Gi"}""",
            (await Seen(("metricsStorageGiB", "8")))[Release, "prometheus"].At("values.server.persistentVolume"));
        AssertJson.Equal(
            """{"enabled":true,"size":"8Gi","storageClass":"fast"}""",
            (await Seen(("metricsStorageGiB", "8"), ("metricsStorageClass", "fast")))[Release, "prometheus"].At("values.server.persistentVolume"));
        Assert.Empty((await Seen(("metricsStorageGiB", "8"))).Of(StorageClass));
    }

    [Fact]
    public async Task The_metrics_that_are_kept_leave_room_on_their_volume()
    {
        Assert.Equal("6553MB", (string?)(await Seen(("metricsStorageGiB", "8")))[Release, "prometheus"].At("values.server.retentionSize"));
        Assert.Equal("1638MB", (string?)(await Seen())[Release, "prometheus"].At("values.server.retentionSize"));
        Assert.Equal("2048Mi", (string?)(await Seen())[Release, "prometheus"].At("values.server.emptyDir.sizeLimit"));
    }

    [Fact]
    public async Task Nobody_gets_into_Grafana_without_the_password_that_the_cluster_made_up()
    {
        var values = (await Seen())[Release, "grafana"].At("values")!;

        Assert.False((bool?)values["grafana.ini"]!["auth.anonymous"]!["enabled"]);
        Assert.False((bool?)values["grafana.ini"]!["users"]!["allow_sign_up"]);
        Assert.Null(values["adminPassword"]);
        Assert.Null(values["env"]);
    }

    // The chart's script gives each try 60 s (its --max-time).
    [Fact]
    public async Task A_network_that_swallows_the_downloads_of_dashboards_does_not_fail_Grafanas_installation()
    {
        var release = (await Seen())[Release, "grafana"];
        var downloads = release.At("values.dashboards.istio")!.AsObject();

        Assert.Matches(@"--retry-max-time (\d|[1-5]\d)\z", (string?)release.At("values.defaultCurlOptions"));
        Assert.InRange(downloads.Count * 60, 1, (double)release.At("timeout")! / 2);
    }

    [Fact]
    public async Task Kiali_asks_for_a_token_and_only_views()
    {
        var values = (await Seen())[Release, "kiali"].At("values")!;

        Assert.Equal("token", (string?)values["auth"]!["strategy"]);
        Assert.True((bool?)values["deployment"]!["view_only_mode"]);
    }

    [Fact]
    public async Task Kiali_starts_after_whatever_it_asks()
    {
        var kiali = (await Seen())[Release, "kiali"];

        Assert.Superset(
            new HashSet<string> { $"{Release} prometheus", $"{Release} grafana", $"{Release} jaeger" },
            kiali.DependsOn.Select(dependency => dependency.Key).ToHashSet());
        Assert.Equal("http://prometheus:9090", (string?)kiali.At("values.external_services.prometheus.url"));
        Assert.Equal("http://grafana:3000", (string?)kiali.At("values.external_services.grafana.internal_url"));
        Assert.Equal("http://jaeger:16686", (string?)kiali.At("values.external_services.tracing.internal_url"));
    }

    [Fact]
    public async Task The_outputs_lead_to_each_of_them()
    {
        var lines = Assert.IsAssignableFrom<System.Collections.IDictionary>((await Seen()).Outputs["observability"].Value);

        Assert.Equal("kubectl --context kind-gopher-mesh --namespace observability port-forward service/grafana 3000:3000", lines["grafana"]);
        Assert.Equal("kubectl --context kind-gopher-mesh --namespace observability create token kiali", lines["kialiToken"]);
        Assert.Equal(["grafana", "grafanaPassword", "jaeger", "kiali", "kialiToken", "prometheus"], lines.Keys.Cast<string>().Order());
    }
}
