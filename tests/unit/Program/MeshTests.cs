namespace GopherMesh.Tests.Unit.Program;

/// <summary>Istio: three releases, pinned and in order.</summary>
public class MeshTests
{
    private const string Release = "kubernetes:helm.sh/v3:Release";

    [Theory]
    [InlineData("istio-base", "base")]
    [InlineData("istiod", "istiod")]
    [InlineData("istio-ingressgateway", "gateway")]
    public async Task Installs_a_pinned_chart_under_its_own_name(string name, string chart)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("istioVersion", "1.31.2")));
        var release = stack[Release, name];

        Assert.Equal(name, (string?)release.At("name"));
        Assert.Equal(chart, (string?)release.At("chart"));
        Assert.Equal("1.31.2", (string?)release.At("version"));
        Assert.Equal("istio-system", (string?)release.At("namespace"));
        Assert.Equal("https://istio-release.storage.googleapis.com/charts", (string?)release.At("repositoryOpts.repo"));
        Assert.True((bool?)release.At("atomic"));
        Assert.InRange((double)release.At("timeout")!, 600, 3600);
        Assert.InRange((double)release.At("maxHistory")!, 1, 10);
        Assert.Equal("gopher-mesh:mesh:Istio istio", release.Parent?.Key);
    }

    [Theory]
    [InlineData("istiod", "app", "istiod")]
    [InlineData("istio-ingressgateway", "istio", "ingressgateway")]
    public async Task Runs_two_spread_replicas_that_no_autoscaler_changes(string name, string label, string value)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        var release = stack[Release, name];

        Assert.Equal(2, (double)release.At("values.replicaCount")!);
        Assert.False((bool)(release.At("values.autoscaleEnabled") ?? release.At("values.autoscaling.enabled"))!);
        var labels = $$"""{"matchLabels":{"{{label}}":"{{value}}"} }""";
        const string Preferably = """ "whenUnsatisfiable":"ScheduleAnyway","maxSkew":1,"matchLabelKeys":["pod-template-hash"] """;
        AssertJson.Equal(
            $$"""
            [
              {"topologyKey":"topology.kubernetes.io/zone",{{Preferably}},"labelSelector":{{labels}} },
              {"topologyKey":"kubernetes.io/hostname",{{Preferably}},"labelSelector":{{labels}} }
            ]
            """,
            release.At("values.topologySpreadConstraints"));
    }

    [Fact]
    public async Task The_gateway_never_has_fewer_pods_and_serves_plain_HTTP()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local());
        var gateway = stack[Release, "istio-ingressgateway"];

        AssertJson.Equal("""{"rollingUpdate":{"maxUnavailable":0,"maxSurge":1} }""", gateway.At("values.strategy"));
        AssertJson.Equal("""{"app":"istio-ingressgateway","istio":"ingressgateway"}""", gateway.At("values.labels"));
        AssertJson.Equal(
            """
            [
              {"name":"status-port","port":15021,"protocol":"TCP","targetPort":15021},
              {"name":"http2","port":80,"protocol":"TCP","targetPort":80}
            ]
            """,
            gateway.At("values.service.ports"));
    }

    // The charts' budgets count ready pods only; without the policy a pod that cannot start blocks the drain of its node for ever.
    [Theory]
    [InlineData("istiod", "pdb")]
    [InlineData("istio-ingressgateway", "podDisruptionBudget")]
    public async Task A_node_with_one_of_the_replicas_can_be_drained(string name, string value) => AssertJson.Equal(
        """{"maxUnavailable":1,"unhealthyPodEvictionPolicy":"AlwaysAllow"}""",
        (await StackUnderTest.DeclareAsync(StackFiles.Local()))[Release, name].At($"values.{value}"));

    [Fact]
    public async Task Proxies_call_no_metadata_service_of_a_cloud()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("observability", "true")));
        var proxies = stack[Release, "istiod"].At("values.meshConfig.defaultConfig");
        AssertJson.Equal("""{"proxyMetadata":{"CLOUD_PLATFORM":"none"},"tracingServiceName":"CANONICAL_NAME_ONLY"}""", proxies);
    }

    [Theory]
    [InlineData("LoadBalancer")]
    [InlineData("NodePort")]
    [InlineData("ClusterIP")]
    public async Task The_gateways_Service_has_the_type_that_the_cluster_can_serve(string type)
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("gatewayServiceType", type)));
        Assert.Equal(type, (string?)stack[Release, "istio-ingressgateway"].At("values.service.type"));
    }

    [Fact]
    public async Task Uses_the_existing_cluster_by_its_context_and_keeps_paths_of_the_machine_out_of_the_state()
    {
        Environment.SetEnvironmentVariable("KUBECONFIG", "/home/someone/.kube/config");
        try
        {
            var stack = await StackUnderTest.DeclareAfreshAsync(StackFiles.Local(("kubeContext", "minikube")));
            AssertJson.Equal(
                """{"context":"minikube","clusterIdentifier":"minikube"}""", Assert.Single(stack.Of("pulumi:providers:kubernetes")).Inputs);
        }
        finally
        {
            Environment.SetEnvironmentVariable("KUBECONFIG", null);
        }
    }
}
