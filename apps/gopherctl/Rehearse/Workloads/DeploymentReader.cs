using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

/// <summary>Reads Deployments strictly: every field is modelled, or listed as not rehearsed, or refused by name.</summary>
internal static class DeploymentReader
{
    private const int MostReplicas = 1000;
    private const int SecondsOfADay = 86_400;

    /// <summary>The Deployments among the manifests, in their order; what is not rehearsed is in the report.</summary>
    /// <exception cref="UnmodelledFieldException">A field is unknown, malformed or not modelled; all of them are named at once.</exception>
    public static IReadOnlyList<DeploymentSpec> Read(IReadOnlyList<Manifest> manifests, out IReadOnlyList<NotRehearsedField> notRehearsed)
    {
        var report = new ReadingReport();
        var deployments = manifests
            .Where(manifest => manifest is { ApiVersion: "apps/v1", Kind: "Deployment" })
            .Select(manifest => ObjectReader.Read(manifest, report, (spec, _) => ReadSpec(manifest, spec)).Spec)
            .ToList();
        report.ThrowIfRefused();
        notRehearsed = report.NotRehearsed;
        return [.. deployments.OfType<DeploymentSpec>()];
    }

    private static DeploymentSpec? ReadSpec(Manifest manifest, FieldCursor spec)
    {
        // The API server's defaults (k8s.io/kubernetes pkg/apis/apps/v1/defaults.go).
        var replicas = spec.WholeNumber("replicas", 0, MostReplicas) ?? 1;
        var selector = spec.Read("selector", labels => labels.TextMap("matchLabels")) ?? [];
        var template = spec.Read("template", declared => PodTemplateReader.Read(declared, manifest));
        var (surge, unavailable) = RollingUpdateReader.Read(spec, replicas);
        var deadline = spec.WholeNumber("progressDeadlineSeconds", 1, SecondsOfADay) ?? 600;
        if (template is null)
        {
            return spec.Missing<DeploymentSpec?>("template", null);
        }

        if (selector.Count == 0 || selector.Any(label => template.Labels.GetValueOrDefault(label.Key) != label.Value))
        {
            spec.Refuse("selector", "must be labels of the template");
        }

        return new DeploymentSpec(
            manifest.Namespace ?? "default", manifest.Name, replicas, template, surge, unavailable, TimeSpan.FromSeconds(deadline));
    }
}

/// <summary>Reads a Deployment's strategy. Percentages are of the replicas: a surge is rounded up, unavailability down, as Kubernetes does.</summary>
internal static class RollingUpdateReader
{
    private const string Default = "25%";

    /// <summary>The pods that an update may run beyond the replicas, and those that may be missing from them.</summary>
    public static (int Surge, int Unavailable) Read(FieldCursor spec, int replicas)
    {
        var (declaredSurge, declaredUnavailable) = (Default, Default);
        if (spec.ReadValue("strategy", ReadStrategy) is { } declared)
        {
            (declaredSurge, declaredUnavailable) = declared;
        }

        var (surge, unavailable) = (Resolve(declaredSurge, replicas, Math.Ceiling), Resolve(declaredUnavailable, replicas, Math.Floor));
        // Without any room an update could never begin (ResolveFenceposts in Kubernetes' deployment util).
        return (surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    private static (string Surge, string Unavailable) ReadStrategy(FieldCursor strategy)
    {
        if (strategy.Text("type") is { } type && type != "RollingUpdate")
        {
            strategy.Refuse("type", $"is {type}; the rehearsal models RollingUpdate");
        }

        return strategy.ReadValue("rollingUpdate", update => (Count(update, "maxSurge"), Count(update, "maxUnavailable"))) ?? (Default, Default);
    }

    private static string Count(FieldCursor update, string field)
    {
        var text = update.IsNumber(field)
            ? update.WholeNumber(field, 0, int.MaxValue)?.ToString(CultureInfo.InvariantCulture)
            : update.Text(field);
        if (text is null or "" || !int.TryParse(text.TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            if (text is not null)
            {
                update.Refuse(field, $"is \"{text}\"; must be a number of pods or a percentage such as 25%");
            }

            return Default;
        }

        return text;
    }

    private static int Resolve(string count, int replicas, Func<double, double> round)
    {
        var number = int.Parse(count.TrimEnd('%'), CultureInfo.InvariantCulture);
        return count.EndsWith('%') ? (int)round(replicas * number / 100.0) : number;
    }
}

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
