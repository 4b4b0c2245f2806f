using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Rehearse.Workloads;

/// <summary>Reads a Deployment's pod template.</summary>
internal static class PodTemplateReader
{
    private const int LongestGracePeriodSeconds = 3_600;

    /// <summary>Reads the template of a Deployment.</summary>
    public static PodTemplate? Read(FieldCursor template, Manifest manifest)
    {
        var (labels, annotations) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        template.Read<object>("metadata", metadata =>
        {
            labels = metadata.TextMap("labels");
            annotations = metadata.TextMap("annotations");
            return metadata;
        });
        var declared = manifest.Body["spec"]?["template"] as JsonObject ?? [];
        return template.Read("spec", spec => ReadSpec(spec, labels, annotations, declared));
    }

    private static PodTemplate? ReadSpec(
        FieldCursor spec, Dictionary<string, string> labels, Dictionary<string, string> annotations, JsonObject declared)
    {
        var grace = spec.WholeNumber("terminationGracePeriodSeconds", 0, LongestGracePeriodSeconds) ?? 30;
        var account = spec.Text("serviceAccountName") ?? "default";
        spec.SkipDefault("restartPolicy", "Always");
        var containers = spec.ReadEach("containers", ContainerReader.Read);
        if (containers is not [var container])
        {
            spec.Refuse("containers", $"has {containers.Count} entries; the rehearsal runs one process a pod (the proxy is the data plane)");
            return null;
        }

        return new PodTemplate(labels, annotations, account, container, TimeSpan.FromSeconds(grace), declared);
    }
}
