using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit;

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
