using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>The two services, as production has them.</summary>
public class GopherTests
{
    private const string Deployment = "kubernetes:apps/v1:Deployment";
    private const string Budget = "kubernetes:policy/v1:PodDisruptionBudget";

    public static TheoryData<string> Workloads => ["gopher-requester", "gopher-distributor-v1", "gopher-distributor-v2"];

    private static Task<StackUnderTest> DarkLaunch(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("canaryVersion", "v2"), .. changes]));

    [Fact]
    public async Task The_namespace_gives_every_pod_a_sidecar()
    {
        var stack = await StackUnderTest.DeclareAsync(StackFiles.Local(("namespace", "team-7")));
        var home = stack["kubernetes:core/v1:Namespace", "team-7"];
        Assert.Equal("team-7", (string?)home.At("metadata.name"));
        Assert.Equal("enabled", (string?)home.At("metadata.labels.istio-injection"));
        Assert.All(
            stack.Resources.Where(resource => resource.At("metadata.name") is not null && resource.Type != home.Type
                && !resource.Type.EndsWith("PeerAuthentication", StringComparison.Ordinal)),
            resource => Assert.Equal("team-7", (string?)resource.At("metadata.namespace")));
    }

    [Theory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task A_Service_selects_by_app_and_names_its_port(string name)
    {
        var stack = await DarkLaunch();
        AssertJson.Equal(
            $$"""{"selector":{"app":"{{name}}"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}""",
            stack["kubernetes:core/v1:Service", name].At("spec"));
    }

    [Theory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task A_ServiceAccount_hands_out_no_token(string name)
    {
        var stack = await DarkLaunch();
        Assert.False((bool?)stack["kubernetes:core/v1:ServiceAccount", name].At("automountServiceAccountToken"));
    }

    [Fact]
    public async Task Deploys_the_stable_version_and_the_canary_alone()
    {
        Assert.Equal(["gopher-distributor-v1", "gopher-requester"], Names(await StackUnderTest.DeclareAsync(StackFiles.Local())));
        Assert.Equal(["gopher-distributor-v1", "gopher-distributor-v2", "gopher-requester"], Names(await DarkLaunch()));

        static IEnumerable<string> Names(StackUnderTest stack) => stack.Of(Deployment).Select(deployment => deployment.Name).Order();
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task A_pod_has_what_the_restricted_standard_asks_for(string name)
    {
        var pod = (await DarkLaunch())[Deployment, name].At("spec.template.spec")!;

        AssertJson.Equal(
            """{"runAsNonRoot":true,"runAsUser":1654,"runAsGroup":1654,"seccompProfile":{"type":"RuntimeDefault"} }""",
            pod["securityContext"]);
        AssertJson.Equal(
            """{"allowPrivilegeEscalation":false,"readOnlyRootFilesystem":true,"capabilities":{"drop":["ALL"]} }""",
            Container(pod)["securityContext"]);
        Assert.False((bool?)pod["automountServiceAccountToken"]);
        Assert.False((bool?)pod["enableServiceLinks"]);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task A_pod_is_probed_limited_and_drained(string name)
    {
        var pod = (await DarkLaunch())[Deployment, name].At("spec.template.spec")!;
        var container = Container(pod);

        AssertJson.Equal("""[{"name":"http","containerPort":8080}]""", container["ports"]);
        AssertJson.Equal("""{"path":"/healthz","port":"http"}""", container["startupProbe"]!["httpGet"]);
        AssertJson.Equal("""{"path":"/healthz","port":"http"}""", container["livenessProbe"]!["httpGet"]);
        AssertJson.Equal("""{"path":"/readyz","port":"http"}""", container["readinessProbe"]!["httpGet"]);
        AssertJson.Equal(
            """{"requests":{"cpu":"50m","memory":"72Mi"},"limits":{"cpu":"1","memory":"128Mi"} }""", container["resources"]);
        Assert.Equal("IfNotPresent", (string?)container["imagePullPolicy"]);

        // The pause, the service's own drain of a second and its twelve for requests under way fit into the grace period.
        var pause = (double)container["lifecycle"]!["preStop"]!["sleep"]!["seconds"]!;
        Assert.InRange(pause, 3, 15);
        Assert.True(pause + 1 + 12 < (double)pod["terminationGracePeriodSeconds"]!);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task A_rollout_and_a_drained_node_leave_enough_pods(string name)
    {
        var stack = await DarkLaunch();
        var deployment = stack[Deployment, name];

        AssertJson.Equal("""{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1,"maxUnavailable":0} }""", deployment.At("spec.strategy"));
        Assert.Equal(
            ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
            ((JsonArray)deployment.At("spec.template.spec.topologySpreadConstraints")!).Select(spread => (string?)spread!["topologyKey"]));
        AssertJson.Equal(
            $$"""{"maxUnavailable":1,"unhealthyPodEvictionPolicy":"AlwaysAllow","selector":{{deployment.At("spec.selector")!.ToJsonString()}} }""",
            stack[Budget, name].At("spec"));
    }

    [Fact]
    public async Task A_single_pod_has_no_budget_that_would_block_its_node()
    {
        var stack = await DarkLaunch(("requesterReplicas", "1"), ("distributorReplicas", "2"));
        Assert.Equal(1, (double)stack[Deployment, "gopher-requester"].At("spec.replicas")!);
        Assert.Equal(2, (double)stack[Deployment, "gopher-distributor-v2"].At("spec.replicas")!);
        Assert.Equal(["gopher-distributor-v1", "gopher-distributor-v2"], stack.Of(Budget).Select(budget => budget.Name).Order());
    }

    [Theory]
    [InlineData("v1", "registry.example.com/a:1")]
    [InlineData("v2", "registry.example.com/b:2")]
    public async Task A_version_runs_its_image_and_knows_its_name(string version, string image)
    {
        var stack = await DarkLaunch(("versions", """{"v1":"registry.example.com/a:1","v2":"registry.example.com/b:2"}"""));
        var deployment = stack[Deployment, $"gopher-distributor-{version}"];
        var labels = $$"""{"app":"gopher-distributor","version":"{{version}}"}""";

        AssertJson.Equal(labels, deployment.At("metadata.labels"));
        AssertJson.Equal(labels, deployment.At("spec.selector.matchLabels"));
        AssertJson.Equal(labels, deployment.At("spec.template.metadata.labels"));
        Assert.Equal("gopher-distributor", (string?)deployment.At("spec.template.spec.serviceAccountName"));
        Assert.Equal(image, (string?)deployment.At("spec.template.spec.containers[0].image"));
        AssertJson.Equal(
            $$"""
            [
              {"name":"ASPNETCORE_URLS","value":"http://+:8080"},
              {"name":"POD_NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"} } },
              {"name":"DOTNET_EnableDiagnostics","value":"0"},
              {"name":"VERSION","value":"{{version}}"}
            ]
            """,
            deployment.At("spec.template.spec.containers[0].env"));
    }

    [Fact]
    public async Task The_requester_knows_the_distributor_and_what_to_pass_on()
    {
        var stack = await DarkLaunch(("previewHeader", "x-gopher-version"), ("requesterImage", "registry.example.com/r:1"));
        var container = Container(stack[Deployment, "gopher-requester"].At("spec.template.spec")!);
        Assert.Equal("registry.example.com/r:1", (string?)container["image"]);
        AssertJson.Equal(
            """
            [
              {"name":"ASPNETCORE_URLS","value":"http://+:8080"},
              {"name":"POD_NAME","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"} } },
              {"name":"DOTNET_EnableDiagnostics","value":"0"},
              {"name":"DISTRIBUTOR_URL","value":"http://gopher-distributor.gophers.svc.cluster.local"},
              {"name":"DISTRIBUTOR_TIMEOUT_MS","value":"5000"},
              {"name":"PROPAGATED_HEADERS","value":"x-forwarded-for,x-gopher-version"}
            ]
            """,
            container["env"]);
    }

    [Fact]
    public async Task Without_a_preview_header_the_requester_passes_on_the_callers_address_alone()
    {
        var env = (JsonArray)(await DarkLaunch())[Deployment, "gopher-requester"].At("spec.template.spec.containers[0].env")!;
        Assert.Equal("x-forwarded-for", (string?)env.Single(variable => (string?)variable!["name"] == "PROPAGATED_HEADERS")!["value"]);
    }

    private static JsonNode Container(JsonNode pod) => Assert.Single((JsonArray)pod["containers"]!)!;
}

/// <summary>Autoscalers: what they are told, when, and that nobody else sets the number of pods then.</summary>
public class AutoscalingTests
{
    private const string Autoscaler = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
    private const string Deployment = "kubernetes:apps/v1:Deployment";

    public static TheoryData<string, (string, string)[]> Contradictory => new()
    {
        { "requesterMaxReplicas", [("metricsServer", "true"), ("requesterMaxReplicas", "3")] },
        { "distributorMaxReplicas", [("metricsServer", "true"), ("distributorMaxReplicas", "5"), ("distributorReplicas", "6")] },
        { "requesterMaxReplicas", [("requesterMaxReplicas", "6")] },
        { "distributorMaxReplicas", [("distributorMaxReplicas", "6")] },
    };

    private static Task<StackUnderTest> Scaled(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("requesterMaxReplicas", "6"), ("distributorMaxReplicas", "10"), .. changes]));

    [Fact]
    public async Task An_autoscaler_follows_the_cpu_adds_soon_and_takes_away_late()
    {
        var stack = await Scaled();

        AssertJson.Equal(
            """
            {
              "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "gopher-requester"},
              "minReplicas": 3,
              "maxReplicas": 6,
              "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}}],
              "behavior": {
                "scaleUp": {"stabilizationWindowSeconds": 30, "selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 60}]},
                "scaleDown": {"stabilizationWindowSeconds": 300, "selectPolicy": "Max", "policies": [{"type": "Pods", "value": 1, "periodSeconds": 60}]}
              }
            }
            """,
            stack[Autoscaler, "gopher-requester"].At("spec"));
        Assert.Equal(["gopher-distributor-v1", "gopher-requester"], stack.Of(Autoscaler).Select(scaler => scaler.Name).Order());
    }

    [Fact]
    public async Task The_number_of_pods_is_left_to_the_autoscaler_after_the_start()
    {
        var stack = await Scaled(("distributorMaxReplicas", "0"));

        Assert.Equal((3, "spec.replicas"), ((int)(double)stack[Deployment, "gopher-requester"].At("spec.replicas")!, Assert.Single(stack[Deployment, "gopher-requester"].IgnoreChanges)));
        Assert.Empty(stack[Deployment, "gopher-distributor-v1"].IgnoreChanges);
        Assert.Equal(["gopher-requester"], stack.Of(Autoscaler).Select(scaler => scaler.Name));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(5, 3)]
    [InlineData(10, 3)]
    [InlineData(25, 5)]
    [InlineData(30, 5)]
    [InlineData(50, 10)]
    [InlineData(100, 10)]
    public async Task The_canarys_least_is_what_the_next_step_needs_when_the_stable_version_has_its_most(int weight, int least)
    {
        var stack = await Scaled(("canaryVersion", "v2"), ("canaryWeight", $"{weight}"));

        Assert.Equal(least, (double)stack[Autoscaler, "gopher-distributor-v2"].At("spec.minReplicas")!);
        Assert.Equal(3, (double)stack[Autoscaler, "gopher-distributor-v1"].At("spec.minReplicas")!);
        Assert.Equal(3, (double)stack[Deployment, "gopher-distributor-v2"].At("spec.replicas")!);
    }

    [Theory]
    [InlineData(0, "Max")]
    [InlineData(5, "Disabled")]
    [InlineData(100, "Disabled")]
    public async Task While_the_canary_answers_the_stable_version_keeps_its_pods(int weight, string takesAway)
    {
        var stack = await Scaled(("canaryVersion", "v2"), ("canaryWeight", $"{weight}"));

        Assert.Equal(takesAway, (string?)stack[Autoscaler, "gopher-distributor-v1"].At("spec.behavior.scaleDown.selectPolicy"));
        Assert.Equal("Max", (string?)stack[Autoscaler, "gopher-distributor-v2"].At("spec.behavior.scaleDown.selectPolicy"));
    }

    [Fact]
    public async Task The_least_is_raised_before_the_requests_come()
    {
        var stack = await Scaled(("canaryVersion", "v2"), ("canaryWeight", "50"));

        Assert.Superset(
            stack.Of(Autoscaler).Where(scaler => scaler.Name != "gopher-requester").ToHashSet(),
            stack["kubernetes:networking.istio.io/v1:VirtualService", "gopher-distributor"].DependsOn.ToHashSet());
    }

    [Fact]
    public async Task Between_two_weights_a_pods_template_does_not_change()
    {
        var (before, after) = (await Scaled(("canaryVersion", "v2"), ("canaryWeight", "25")), await Scaled(("canaryVersion", "v2"), ("canaryWeight", "50")));

        var changed = before.Resources.Zip(after.Resources).Where(pair => !JsonNode.DeepEquals(pair.First.Inputs, pair.Second.Inputs)).Select(pair => pair.First.Key);
        Assert.Equal([$"{Autoscaler} gopher-distributor-v2", "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor"], changed);
    }

    [Fact]
    public async Task A_workload_that_may_have_several_pods_has_a_budget()
    {
        var stack = await Scaled(("requesterReplicas", "1"));

        Assert.Contains("gopher-requester", stack.Of("kubernetes:policy/v1:PodDisruptionBudget").Select(budget => budget.Name));
    }

    [Theory]
    [MemberData(nameof(Contradictory))]
    public void Refuses_a_most_without_room_or_without_measurements(string key, (string, string)[] changes) =>
        Assert.Equal($"gopher-mesh:{key}", Assert.Single(StackFiles.Dev(changes).Errors()).Key);

    [Fact]
    public void Takes_an_autoscaler_on_EKS_with_metrics_server() =>
        StackFiles.Dev(("metricsServer", "true"), ("requesterMaxReplicas", "6"), ("distributorMaxReplicas", "100")).Read();
}
