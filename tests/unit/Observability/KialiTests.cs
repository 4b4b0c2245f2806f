namespace GopherMesh.Tests.Unit;

/// <summary>Kiali: what it may do, and which tools it calls.</summary>
public class KialiTests
{
    [Fact]
    public async Task Requires_a_token_and_only_views()
    {
        var values = (await SeenStack.ReleaseAsync("kiali")).At("values")!;

        Assert.Equal("token", (string?)values["auth"]!["strategy"]);
        Assert.True((bool?)values["deployment"]!["view_only_mode"]);
    }

    [Fact]
    public async Task Reads_the_meshs_namespaces_and_no_other()
    {
        var kiali = await SeenStack.ReleaseAsync("kiali", ("namespace", "team-7"));

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
        var grafana = (await SeenStack.ReleaseAsync("kiali")).At("values.external_services.grafana")!;

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
        var kiali = await SeenStack.ReleaseAsync("kiali");

        Assert.Superset(
            new HashSet<string> { $"{SeenStack.Release} prometheus", $"{SeenStack.Release} grafana", $"{SeenStack.Release} jaeger" },
            kiali.DependsOn.Select(dependency => dependency.Key).ToHashSet());
        Assert.Equal("http://prometheus:9090", (string?)kiali.At("values.external_services.prometheus.url"));
        Assert.Equal("http://grafana:3000", (string?)kiali.At("values.external_services.grafana.internal_url"));
        Assert.Equal("http://jaeger:16686", (string?)kiali.At("values.external_services.tracing.internal_url"));
    }
}
