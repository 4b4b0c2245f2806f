using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Observability;

/// <summary>Grafana: who can log in, and what it downloads when it starts.</summary>
public class GrafanaTests
{
    [Fact]
    public async Task Nobody_logs_in_without_the_generated_password()
    {
        var values = (await ObservedStack.ReleaseAsync("grafana")).At("values")!;

        Assert.False((bool?)values["grafana.ini"]!["auth.anonymous"]!["enabled"]);
        Assert.False((bool?)values["grafana.ini"]!["users"]!["allow_sign_up"]);
        Assert.Null(values["adminPassword"]);
        Assert.Null(values["env"]);
    }

    [Theory]
    [InlineData("1.31.0")]
    [InlineData("1.31.4")]
    public async Task Istios_dashboards_are_those_of_the_release_that_is_installed(string version)
    {
        var dashboards = (await ObservedStack.ReleaseAsync("grafana", ("istioVersion", version))).At("values.dashboards.istio")!.AsObject();

        // In Istio's repository each is there at the tag 1.31.0-rc.0 and on the branch release-1.31.
        var folder = $"https://raw.githubusercontent.com/istio/istio/{version}/manifests/addons/dashboards/";
        Assert.Equal(
            new Dictionary<string, string?>
            {
                ["istio-mesh"] = $"{folder}istio-mesh-dashboard.gen.json",
                ["istio-service"] = $"{folder}istio-service-dashboard.json",
                ["istio-workload"] = $"{folder}istio-workload-dashboard.json",
                ["istio-control-plane"] = $"{folder}pilot-dashboard.gen.json",
            },
            dashboards.ToDictionary(dashboard => dashboard.Key, dashboard => (string?)dashboard.Value!["url"]));
    }

    // The chart's script gives each try 60 s (its --max-time).
    [Fact]
    public async Task A_network_that_swallows_the_downloads_does_not_fail_the_installation()
    {
        var release = await ObservedStack.ReleaseAsync("grafana");
        var downloads = release.At("values.dashboards.istio")!.AsObject();

        Assert.Matches(@"--retry-max-time (\d|[1-5]\d)\z", (string?)release.At("values.defaultCurlOptions"));
        Assert.InRange(downloads.Count * 60, 1, (double)release.At("timeout")! / 2);
    }

    // The script ends at the first line that fails, and with it the pod's start; of a pipe only the last command counts.
    [Fact]
    public async Task A_download_that_is_refused_does_not_fail_the_installation() => Assert.All(
        (await ObservedStack.ReleaseAsync("grafana")).At("values.dashboards.istio")!.AsObject(),
        download => Assert.Equal("prometheus", (string?)download.Value!["datasource"]![0]!["value"]));

    [Fact]
    public async Task No_plugin_is_downloaded_and_no_plugin_of_the_image_is_replaced() =>
        Assert.True((bool?)(await ObservedStack.ReleaseAsync("grafana")).At("values")!["grafana.ini"]!["plugins"]!["preinstall_disabled"]);

    // Each data source of the image that is loaded is a process of its own; only these two are used.
    [Fact]
    public async Task It_has_the_memory_that_it_needs_and_loads_only_the_data_sources_that_are_used()
    {
        var values = (await ObservedStack.ReleaseAsync("grafana")).At("values")!;
        var off = ((string)values["grafana.ini"]!["plugins"]!["disable_plugins"]!).Split(',');

        Assert.Equal("1Gi", (string?)values["resources"]!["limits"]!["memory"]);
        Assert.False((bool?)values["grafana.ini"]!["server"]!["enable_gzip"]);
        Assert.Contains("loki", off);
        Assert.DoesNotContain("prometheus", off);
        Assert.DoesNotContain("jaeger", off);
        Assert.NotNull(values["downloadDashboards"]!["resources"]!["limits"]!["memory"]);
    }

    [Fact]
    public async Task Kialis_own_token_makes_it_a_Viewer_and_no_other_token_lets_anybody_in()
    {
        var jwt = (await ObservedStack.ReleaseAsync("grafana")).At("values")!["grafana.ini"]!["auth.jwt"]!;

        Assert.Equal("sub == 'system:serviceaccount:observability:kiali' && 'Viewer' || 'None'", (string?)jwt["role_attribute_path"]);
        Assert.True((bool?)jwt["role_attribute_strict"]);
        Assert.Equal("https://kubernetes.default.svc/openid/v1/jwks", (string?)jwt["jwk_set_url"]);
    }

    [Fact]
    public async Task It_writes_to_its_volumes_only()
    {
        var values = (await ObservedStack.ReleaseAsync("grafana")).At("values")!;

        Assert.True((bool?)values["containerSecurityContext"]!["readOnlyRootFilesystem"]);
        Assert.True((bool?)values["downloadDashboards"]!["securityContext"]!["readOnlyRootFilesystem"]);
        AssertJson.Equal("""[{"name":"tmp","mountPath":"/tmp"}]""", values["extraEmptyDirMounts"]);
    }
}

/// <summary>Kiali: what it may do, and which tools it calls.</summary>
public class KialiTests
{
    [Fact]
    public async Task Requires_a_token_and_only_views()
    {
        var values = (await ObservedStack.ReleaseAsync("kiali")).At("values")!;

        Assert.Equal("token", (string?)values["auth"]!["strategy"]);
        Assert.True((bool?)values["deployment"]!["view_only_mode"]);
    }

    [Fact]
    public async Task Reads_the_meshs_namespaces_and_no_other()
    {
        var kiali = await ObservedStack.ReleaseAsync("kiali", ("namespace", "team-7"));

        Assert.False((bool?)kiali.At("values.deployment.cluster_wide_access"));
        AssertJson.Equal(
            """
            {"default":[
              {"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
              {"matchLabels":{"kubernetes.io/metadata.name":"team-7"} }
            ]}
            """,
            kiali.At("values.deployment.discovery_selectors"));
        Assert.Contains("kubernetes:core/v1:Namespace team-7", kiali.DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task Links_to_the_dashboards_with_a_token_of_its_own_and_no_password()
    {
        var grafana = (await ObservedStack.ReleaseAsync("kiali")).At("values.external_services.grafana")!;

        AssertJson.Equal("""{"type":"bearer","use_kiali_token":true}""", grafana["auth"]);
        Assert.Equal(
            [
                "Gopher rollout: datasource=var-datasource namespace=var-namespace service=var-service",
                "Istio Service Dashboard: datasource=var-datasource namespace=var-namespace service=var-service",
                "Istio Workload Dashboard: datasource=var-datasource namespace=var-namespace workload=var-workload",
                "Istio Mesh Dashboard: datasource=var-datasource",
                "Istio Control Plane Dashboard: datasource=var-datasource",
            ],
            grafana["dashboards"]!.AsArray().Select(dashboard =>
                $"{dashboard!["name"]}: {string.Join(' ', dashboard["variables"]!.AsObject().Select(variable => $"{variable.Key}={variable.Value}"))}"));
    }

    [Fact]
    public async Task Starts_after_the_tools_that_it_calls()
    {
        var kiali = await ObservedStack.ReleaseAsync("kiali");

        Assert.Superset(
            new HashSet<string> { $"{ObservedStack.Release} prometheus", $"{ObservedStack.Release} grafana", $"{ObservedStack.Release} jaeger" },
            kiali.DependsOn.Select(dependency => dependency.Key).ToHashSet());
        Assert.Equal("http://prometheus:9090", (string?)kiali.At("values.external_services.prometheus.url"));
        Assert.Equal("http://grafana:3000", (string?)kiali.At("values.external_services.grafana.internal_url"));
        Assert.Equal("http://jaeger:16686", (string?)kiali.At("values.external_services.tracing.internal_url"));
    }
}

/// <summary>Jaeger's configuration, which its chart mounts so that a running pod never sees a change.</summary>
public class JaegerTests
{
    [Fact]
    public async Task The_pod_has_a_checksum_of_all_of_its_configuration()
    {
        var jaeger = await ObservedStack.ReleaseAsync("jaeger");

        var lines = string.Join('\n', Lines("", jaeger.At("values.userconfig")!).Order(StringComparer.Ordinal));
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)))[..32];
        AssertJson.Equal($$"""{"gopher-mesh/configuration":"{{checksum}}"}""", jaeger.At("values.jaeger.podLabels"));
        Assert.Contains(".extensions.jaeger_storage.backends.memory.memory.max_traces=5000", lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_spans_before_its_memory_is_used_up()
    {
        var values = (await ObservedStack.ReleaseAsync("jaeger")).At("values")!;

        Assert.Equal("512Mi", (string?)values["jaeger"]!["resources"]!["limits"]!["memory"]);
        AssertJson.Equal("""[{"name":"GOMEMLIMIT","value":"409MiB"}]""", values["jaeger"]!["extraEnv"]);
        AssertJson.Equal(
            """{"check_interval":"1s","limit_mib":460,"spike_limit_mib":51}""", values["userconfig"]!["processors"]!["memory_limiter"]);
        AssertJson.Equal("""["memory_limiter"]""", values["userconfig"]!["service"]!["pipelines"]!["traces"]!["processors"]);
    }

    private static IEnumerable<string> Lines(string path, JsonNode node) => node switch
    {
        JsonObject map => map.SelectMany(member => Lines($"{path}.{member.Key}", member.Value!)),
        JsonArray list => list.SelectMany((element, index) => Lines($"{path}.{index}", element!)),

        // As .NET writes a boolean.
        _ when node.GetValueKind() is JsonValueKind.True or JsonValueKind.False => [$"{path}={(bool)node}"],
        _ => [$"{path}={node}"],
    };
}
