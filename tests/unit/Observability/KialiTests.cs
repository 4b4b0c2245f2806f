namespace GopherMesh.Tests.Unit;

/// <summary>Kiali: what it may do, and whom it asks.</summary>
public class KialiTests
{
    [Fact]
    public async Task Asks_for_a_token_and_only_views()
    {
        var values = (await SeenStack.ReleaseAsync("kiali")).At("values")!;

        Assert.Equal("token", (string?)values["auth"]!["strategy"]);
        Assert.True((bool?)values["deployment"]!["view_only_mode"]);
    }

    [Fact]
    public async Task Starts_after_whatever_it_asks()
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
