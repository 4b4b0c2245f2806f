namespace GopherMesh.Tests.Unit;

/// <summary>Grafana: who can log in, and what it downloads when it starts.</summary>
public class GrafanaTests
{
    [Fact]
    public async Task Nobody_logs_in_without_the_generated_password()
    {
        var values = (await SeenStack.ReleaseAsync("grafana")).At("values")!;

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
        var dashboards = (await SeenStack.ReleaseAsync("grafana", ("istioVersion", version))).At("values.dashboards.istio")!.AsObject();

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
        var release = await SeenStack.ReleaseAsync("grafana");
        var downloads = release.At("values.dashboards.istio")!.AsObject();

        Assert.Matches(@"--retry-max-time (\d|[1-5]\d)\z", (string?)release.At("values.defaultCurlOptions"));
        Assert.InRange(downloads.Count * 60, 1, (double)release.At("timeout")! / 2);
    }

    // The script ends at the first line that fails, and with it the pod's start; of a pipe only the last command counts.
    [Fact]
    public async Task A_download_that_is_refused_does_not_fail_the_installation() => Assert.All(
        (await SeenStack.ReleaseAsync("grafana")).At("values.dashboards.istio")!.AsObject(),
        download => Assert.Equal("prometheus", (string?)download.Value!["datasource"]![0]!["value"]));

    [Fact]
    public async Task No_plugin_is_downloaded_and_no_plugin_of_the_image_is_replaced() =>
        Assert.True((bool?)(await SeenStack.ReleaseAsync("grafana")).At("values")!["grafana.ini"]!["plugins"]!["preinstall_disabled"]);

    // Each data source of the image that is loaded is a process of its own; only these two are used.
    [Fact]
    public async Task It_has_the_memory_that_it_needs_and_loads_only_the_data_sources_that_are_used()
    {
        var values = (await SeenStack.ReleaseAsync("grafana")).At("values")!;
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
        var jwt = (await SeenStack.ReleaseAsync("grafana")).At("values")!["grafana.ini"]!["auth.jwt"]!;

        Assert.Equal("sub == 'system:serviceaccount:observability:kiali' && 'Viewer' || 'None'", (string?)jwt["role_attribute_path"]);
        Assert.True((bool?)jwt["role_attribute_strict"]);
        Assert.Equal("https://kubernetes.default.svc/openid/v1/jwks", (string?)jwt["jwk_set_url"]);
    }

    [Fact]
    public async Task It_writes_to_its_volumes_only()
    {
        var values = (await SeenStack.ReleaseAsync("grafana")).At("values")!;

        Assert.True((bool?)values["containerSecurityContext"]!["readOnlyRootFilesystem"]);
        Assert.True((bool?)values["downloadDashboards"]!["securityContext"]!["readOnlyRootFilesystem"]);
        AssertJson.Equal("""[{"name":"tmp","mountPath":"/tmp"}]""", values["extraEmptyDirMounts"]);
    }
}
