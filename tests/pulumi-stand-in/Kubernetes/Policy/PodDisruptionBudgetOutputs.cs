namespace Pulumi.Kubernetes.Types.Outputs.Policy.V1;

[OutputType]
public sealed class PodDisruptionBudgetSpec
{
    public readonly Union<int, string> MaxUnavailable;
    public readonly Union<int, string> MinAvailable;
    public readonly Meta.V1.LabelSelector Selector;
    public readonly string UnhealthyPodEvictionPolicy;

    [OutputConstructor]
    private PodDisruptionBudgetSpec(
        Union<int, string> maxUnavailable,
        Union<int, string> minAvailable,
        Meta.V1.LabelSelector selector,
        string unhealthyPodEvictionPolicy)
    {
        MaxUnavailable = maxUnavailable;
        MinAvailable = minAvailable;
        Selector = selector;
        UnhealthyPodEvictionPolicy = unhealthyPodEvictionPolicy;
    }
}

[OutputType]
public sealed class PodDisruptionBudgetStatus
{
    public readonly int CurrentHealthy;
    public readonly int DesiredHealthy;
    public readonly int DisruptionsAllowed;
    public readonly int ExpectedPods;
    public readonly int ObservedGeneration;

    [OutputConstructor]
    private PodDisruptionBudgetStatus(
        int currentHealthy,
        int desiredHealthy,
        int disruptionsAllowed,
        int expectedPods,
        int observedGeneration)
    {
        CurrentHealthy = currentHealthy;
        DesiredHealthy = desiredHealthy;
        DisruptionsAllowed = disruptionsAllowed;
        ExpectedPods = expectedPods;
        ObservedGeneration = observedGeneration;
    }
}
