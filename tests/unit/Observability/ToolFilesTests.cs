using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

/// <summary>The tools' files: they come from the repository, and no shift of traffic changes them.</summary>
public class ToolFilesTests
{
    [Theory]
    [InlineData("prometheus-config", "prometheus", "alerts.yaml", "prometheus.yml", "recording.yaml")]
    [InlineData("kube-state-metrics-virtualservices", "kube-state-metrics", "virtualservices.yaml")]
    [InlineData("grafana-dashboards-gopher", "grafana", "gopher-rollout.json")]
    public async Task Gives_a_tool_the_repositorys_files_unchanged(string name, string tool, params string[] files)
    {
        var stack = await SeenStack.WithAsync();
        var data = (JsonObject)stack[SeenStack.ConfigMap, name].At("data")!;

        Assert.Equal(files, data.Select(file => file.Key));
        Assert.All(data, file => Assert.NotEmpty((string)file.Value!));
        Assert.Contains(
            $"{SeenStack.ConfigMap} {name}", stack[SeenStack.Release, tool].DependsOn.Select(dependency => dependency.Key));
    }

    [Fact]
    public async Task Prometheus_looks_for_pods_in_the_stacks_namespaces_only()
    {
        var stack = await SeenStack.WithAsync(("namespace", "team-7"));
        var configuration = (string)stack[SeenStack.ConfigMap, "prometheus-config"].At("data")!["prometheus.yml"]!;

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
        var stack = await SeenStack.WithAsync(address is null ? [] : [("alertmanagerUrl", address)]);

        Assert.Contains(
            expected, (string)stack[SeenStack.ConfigMap, "prometheus-config"].At("data")!["prometheus.yml"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shift_changes_none_of_it()
    {
        var before = await SeenStack.WithAsync(("canaryVersion", "v2"));
        var after = await SeenStack.WithAsync(("canaryVersion", "v2"), ("canaryWeight", "50"));

        Assert.Equal(
            ["kubernetes:networking.istio.io/v1:VirtualService gopher-distributor"],
            before.Resources
                .Where(resource => !JsonNode.DeepEquals(resource.Inputs, after[resource.Type, resource.Name].Inputs))
                .Select(resource => resource.Key));
    }
}
