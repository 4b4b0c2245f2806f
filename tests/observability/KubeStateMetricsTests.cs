using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Rehearse.Metrics;

namespace GopherMesh.Tests.Observability;

/// <summary>With the repository's file, kube-state-metrics reports the declared VirtualServices as the rehearsal does.</summary>
public class KubeStateMetricsTests
{
    [Theory]
    [InlineData("", "route_weight:v1=100 stable_info:v1=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=0 mirrorPercent=0",
        "route_weight:v1=100 route_weight:v2=0 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=0",
        "route_weight:v1=100 route_weight:v2=0 mirror_percentage:v2=100 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 mirrorPercent=20",
        "route_weight:v1=100 route_weight:v2=0 mirror_percentage:v2=20 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=50",
        "route_weight:v1=50 route_weight:v2=50 stable_info:v1=1 canary_info:v2=1")]
    [InlineData(
        "canaryVersion=v2 canaryWeight=100",
        "route_weight:v1=0 route_weight:v2=100 stable_info:v1=1 canary_info:v2=1")]
    public async Task Reports_the_declaration_as_the_rehearsal_does(string settings, string expected)
    {
        var changes = settings.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var declaration = await RehearsedMesh.DeclarationAsync(changes);
        var manifests = KubernetesObjects.Plan(declaration).Select(planned => planned.Manifest).ToList();
        var services = manifests.Where(manifest => manifest.Kind == "VirtualService").ToList();
        using var rehearsed = new StringWriter();
        DeclaredRouteMetrics.Write(manifests, rehearsed);

        var samples = StateMetricsFile.Metrics.SelectMany(metric => services.SelectMany(service => metric.Samples(service.Body))).ToList();

        Assert.Equal(expected.Split(' ').Select(Line), samples);
        Assert.Equal(samples, rehearsed.ToString().Split('\n').Where(line => line.StartsWith("kube_", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a", "{}")]
    [InlineData("b", null)]
    [InlineData("list 0 name", "\"x\"")]
    [InlineData("list -1 name", "\"y\"")]
    [InlineData("list 2", null)]
    [InlineData("list [name=y] at", "7")]
    [InlineData("list [name=z] at", null)]
    [InlineData("list name", null)]
    [InlineData("[name=x]", null)]
    public void Follows_a_path(string path, string? expected)
    {
        var item = JsonNode.Parse("""{"a": {}, "list": [{"name": "x"}, {"name": "y", "at": 7}]}""");

        Assert.Equal(expected, new StatePath(path.Split(' ')).From(item)?.ToJsonString());
    }

    // E.g. "route_weight:v1=100".
    private static string Line(string sample)
    {
        var parts = sample.Split(':', '=');
        const string Service = "destination_service_namespace=\"gophers\",destination_service_name=\"gopher-distributor\"";
        return $"kube_virtualservice_{parts[0]}{{{Service},destination_version=\"{parts[1]}\"}} {parts[2]}";
    }
}
