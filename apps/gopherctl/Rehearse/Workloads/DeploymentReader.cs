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
