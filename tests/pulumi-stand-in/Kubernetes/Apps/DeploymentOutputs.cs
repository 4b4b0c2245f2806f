namespace Pulumi.Kubernetes.Types.Outputs.Apps.V1;

[OutputType]
public sealed class DeploymentSpec
{
    public readonly int MinReadySeconds;
    public readonly bool Paused;
    public readonly int ProgressDeadlineSeconds;
    public readonly int Replicas;
    public readonly int RevisionHistoryLimit;
    public readonly Meta.V1.LabelSelector Selector;

    [OutputConstructor]
    private DeploymentSpec(
        int minReadySeconds,
        bool paused,
        int progressDeadlineSeconds,
        int replicas,
        int revisionHistoryLimit,
        Meta.V1.LabelSelector selector)
    {
        MinReadySeconds = minReadySeconds;
        Paused = paused;
        ProgressDeadlineSeconds = progressDeadlineSeconds;
        Replicas = replicas;
        RevisionHistoryLimit = revisionHistoryLimit;
        Selector = selector;
    }
}

[OutputType]
public sealed class DeploymentStatus
{
    public readonly int AvailableReplicas;
    public readonly int ObservedGeneration;
    public readonly int ReadyReplicas;
    public readonly int Replicas;
    public readonly int UnavailableReplicas;
    public readonly int UpdatedReplicas;

    [OutputConstructor]
    private DeploymentStatus(
        int availableReplicas,
        int observedGeneration,
        int readyReplicas,
        int replicas,
        int unavailableReplicas,
        int updatedReplicas)
    {
        AvailableReplicas = availableReplicas;
        ObservedGeneration = observedGeneration;
        ReadyReplicas = readyReplicas;
        Replicas = replicas;
        UnavailableReplicas = unavailableReplicas;
        UpdatedReplicas = updatedReplicas;
    }
}
