using GopherMesh.Gopherctl.DataPlane.Reading;
using GopherMesh.Gopherctl.Manifests;

namespace GopherMesh.Gopherctl.Rehearsal.Workloads;

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
            .Select(manifest => ReadOne(manifest, report))
            .ToList();
        report.ThrowIfRefused();
        notRehearsed = report.NotRehearsed;
        return [.. deployments.OfType<DeploymentSpec>()];
    }

    private static DeploymentSpec? ReadOne(Manifest manifest, ReadingReport report)
    {
        var root = FieldCursor.Of(manifest, report);
        _ = root.Text("apiVersion");
        _ = root.Text("kind");
        _ = root.Object("metadata", metadata => MetadataReader.Read(metadata, manifest));
        var deployment = root.Object("spec", spec => ReadSpec(manifest, spec));
        root.Finish();
        return deployment;
    }

    private static DeploymentSpec? ReadSpec(Manifest manifest, FieldCursor spec)
    {
        // The API server's defaults (k8s.io/kubernetes pkg/apis/apps/v1/defaults.go).
        var replicas = spec.Integer("replicas", 0, MostReplicas) ?? 1;
        var selector = spec.Object("selector", labels => labels.TextMap("matchLabels")) ?? [];
        var template = spec.Object("template", declared => PodTemplateReader.Read(declared, manifest));
        var (surge, unavailable) = RollingUpdateReader.Read(spec, replicas);
        var deadline = spec.Integer("progressDeadlineSeconds", 1, SecondsOfADay) ?? 600;
        if (template is null)
            return spec.Missing<DeploymentSpec?>("template", null);
        if (selector.Count == 0 || selector.Any(label => template.Labels.GetValueOrDefault(label.Key) != label.Value))
            spec.Refuse("selector", "must be labels of the template");
        return new DeploymentSpec(
            manifest.Namespace ?? "default", manifest.Name, replicas, template, surge, unavailable, TimeSpan.FromSeconds(deadline));
    }
}
