using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

/// <summary>A declared Deployment, as far as the rehearsal runs it.</summary>
/// <param name="Namespace">The Deployment's namespace, and that of its pods.</param>
/// <param name="Name">The Deployment's name.</param>
/// <param name="Replicas">How many pods, 0 or more.</param>
/// <param name="Template">What its pods are.</param>
/// <param name="MaxSurge">How many pods more than declared an update may run.</param>
/// <param name="MaxUnavailable">How many pods fewer than declared may be ready during an update.</param>
/// <param name="ProgressDeadline">How long an update may make no progress.</param>
internal sealed record DeploymentSpec(
    string Namespace, string Name, int Replicas, PodTemplate Template, int MaxSurge, int MaxUnavailable, TimeSpan ProgressDeadline)
{
    /// <summary>Namespace and name.</summary>
    public string Key => $"{Namespace}/{Name}";
}

/// <summary>What the pods of a Deployment are.</summary>
/// <param name="Labels">The pods' labels.</param>
/// <param name="Annotations">The pods' annotations.</param>
/// <param name="ServiceAccount">The pods' service account.</param>
/// <param name="Container">The one container of ours.</param>
/// <param name="GracePeriod">From the first sign of a pod's end to its kill.</param>
/// <param name="Declared">The template as declared; a change of it is what makes an update.</param>
internal sealed record PodTemplate(
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    string ServiceAccount,
    ContainerSpec Container,
    TimeSpan GracePeriod,
    JsonObject Declared)
{
    /// <summary>The hash that tells pods of one template from those of another.</summary>
    public string Hash { get; } = PodNames.HashOf(Declared);
}

/// <summary>A container.</summary>
/// <param name="Name">The container's name.</param>
/// <param name="Image">The image reference.</param>
/// <param name="Ports">Port numbers by name; a port without a name has its number as one.</param>
/// <param name="Environment">The variables in their order.</param>
/// <param name="Startup">Until it succeeds, no other probe runs.</param>
/// <param name="Readiness">While it fails, the pod gets no requests.</param>
/// <param name="Liveness">When it fails, the container is restarted.</param>
/// <param name="PreStop">How long the container goes on serving before it is asked to end.</param>
internal sealed record ContainerSpec(
    string Name,
    string Image,
    IReadOnlyDictionary<string, int> Ports,
    IReadOnlyList<EnvironmentVariable> Environment,
    ProbeSpec? Startup,
    ProbeSpec? Readiness,
    ProbeSpec? Liveness,
    TimeSpan PreStop);

/// <summary>A variable of a container: a text, or a field of the pod (the downward API).</summary>
/// <param name="Name">The variable's name.</param>
/// <param name="Value">The text, in which $(NAME) stands for an earlier variable; null when it is a field.</param>
/// <param name="FieldPath">The pod's field; null when it is a text.</param>
internal sealed record EnvironmentVariable(string Name, string? Value, string? FieldPath);

/// <summary>An httpGet probe, with the kubelet's defaults filled in.</summary>
/// <param name="Path">The path, with its query.</param>
/// <param name="Port">The container port's number.</param>
/// <param name="Headers">Headers of the request.</param>
/// <param name="InitialDelay">From the container's start to the first probe.</param>
/// <param name="Period">Between two probes.</param>
/// <param name="Timeout">After which a probe has failed.</param>
/// <param name="SuccessThreshold">Successes in a row that count as one.</param>
/// <param name="FailureThreshold">Failures in a row that count as one.</param>
internal sealed record ProbeSpec(
    string Path,
    int Port,
    IReadOnlyDictionary<string, string> Headers,
    TimeSpan InitialDelay,
    TimeSpan Period,
    TimeSpan Timeout,
    int SuccessThreshold,
    int FailureThreshold);
