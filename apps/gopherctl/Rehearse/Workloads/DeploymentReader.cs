using System.Globalization;
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
