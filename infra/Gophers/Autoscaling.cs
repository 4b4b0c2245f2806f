using System.Collections.Immutable;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Autoscaling.V2;
using Pulumi.Kubernetes.Types.Inputs.Autoscaling.V2;
using Deployment = Pulumi.Kubernetes.Apps.V1.Deployment;

namespace GopherMesh.Infra.Gophers;

/// <summary>What the autoscaler of a workload may do at this moment of a rollout.</summary>
/// <param name="Least">Pods at least.</param>
/// <param name="Most">Pods at most.</param>
/// <param name="TakesAway">Whether it may take pods away.</param>
public sealed record Autoscaling(int Least, int Most, bool TakesAway)
{
    /// <summary>
    /// Percent of the CPUs that a pod requests, its proxy's included (50m and Istio's 100m), which the pods use on average. A pod may
    /// use more for as long as it takes to start another one: its limits are far above.
    /// </summary>
    private const int CpuPercent = 70;

    /// <summary>A peak is over, and not between two others, when the load of five minutes has not asked for as many pods.</summary>
    private const int SecondsBeforeTakingAway = 300;

    /// <summary>A load that lasts for half a minute is not a single burst, and not the CPU of a pod that starts.</summary>
    private const int SecondsBeforeAdding = 30;

    /// <summary>The autoscaling of a service, or of one of its versions; a pure function.</summary>
    /// <remarks>
    /// The canary's least follows its weight, one step ahead: the share of the next step of the most that the service may have, so that its
    /// pods run before the requests come. (An autoscaler looks every 15 seconds, and nothing tells Pulumi that it has acted; gopherctl rollout
    /// waits until the pods are ready.) Copies of requests are left to the CPU: nobody waits for their answers. While the canary answers requests, the stable version keeps the pods
    /// that it has, since all requests may come back at once.
    /// </remarks>
    /// <param name="replicas">Pods at least.</param>
    /// <param name="most">Pods at most.</param>
    /// <param name="rollout">The versions; null for a service without.</param>
    /// <param name="steps">The weights that a canary goes through, ascending, the last 100.</param>
    /// <param name="version">The version; null for a service without.</param>
    public static Autoscaling For(int replicas, int most, RolloutSettings? rollout, ImmutableArray<int> steps, string? version) => rollout switch
    {
        { Canary: { } canary } when version == canary => new(LeastAt(steps.Append(100).First(step => step > rollout.CanaryWeight || step == 100), replicas, most), most, TakesAway: true),
        { Canary: not null, CanaryWeight: > 0 } => new(replicas, most, TakesAway: false),
        _ => new(replicas, most, TakesAway: true),
    };

    /// <summary>The pods that a canary needs before it answers a share of the requests: that share of the most, and no fewer than the fewest.</summary>
    /// <param name="percent">The share, 0 to 100.</param>
    /// <param name="replicas">Pods at least.</param>
    /// <param name="most">Pods at most.</param>
    /// <remarks>Rounded up: a pod too many costs less than a request that waits.</remarks>
    public static int LeastAt(int percent, int replicas, int most) => Math.Max(replicas, (most * percent + 99) / 100);

    /// <summary>Declares the HorizontalPodAutoscaler.</summary>
    /// <param name="workload">What it scales, and the name that it has too.</param>
    /// <param name="pods">The Deployment.</param>
    /// <param name="home">Where.</param>
    /// <param name="parent">The component that it belongs to.</param>
    internal HorizontalPodAutoscaler Declare(GopherWorkload workload, Deployment pods, GopherNamespace home, Resource parent) => new(
        workload.Name,
        new HorizontalPodAutoscalerArgs { Metadata = home.Metadata(workload.Name, workload.Selector), Spec = Spec(workload.Name) },
        new() { Parent = parent, DependsOn = [home.Resource, pods] });

    private HorizontalPodAutoscalerSpecArgs Spec(string deployment) => new()
    {
        ScaleTargetRef = new CrossVersionObjectReferenceArgs { ApiVersion = "apps/v1", Kind = "Deployment", Name = deployment },
        MinReplicas = Least,
        MaxReplicas = Most,
        Metrics = new MetricSpecArgs
        {
            Type = "Resource",
            Resource = new ResourceMetricSourceArgs { Name = "cpu", Target = new MetricTargetArgs { Type = "Utilization", AverageUtilization = CpuPercent } },
        },
        Behavior = new HorizontalPodAutoscalerBehaviorArgs
        {
            ScaleUp = new HPAScalingRulesArgs
            {
                StabilizationWindowSeconds = SecondsBeforeAdding,
                SelectPolicy = "Max",
                Policies = new HPAScalingPolicyArgs { Type = "Percent", Value = 100, PeriodSeconds = 60 },
            },
            ScaleDown = new HPAScalingRulesArgs
            {
                StabilizationWindowSeconds = SecondsBeforeTakingAway,
                SelectPolicy = TakesAway ? "Max" : "Disabled",
                Policies = new HPAScalingPolicyArgs { Type = "Pods", Value = 1, PeriodSeconds = 60 },
            },
        },
    };
}
