using System.Globalization;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>Reads metadata: the name, the age, and labels and annotations that would change routing.</summary>
internal static class MetadataReader
{
    public static ObjectName Read(FieldCursor metadata, Manifest manifest)
    {
        var name = NameOf(manifest);
        _ = metadata.Text("name");
        _ = metadata.Text("namespace");
        RefuseIstioKeys(metadata, manifest, "labels");
        RefuseIstioKeys(metadata, manifest, "annotations");
        return metadata.Text("creationTimestamp") is { } created ? name with { CreatedAt = ParseTime(metadata, created) } : name;
    }

    public static ObjectName NameOf(Manifest manifest) => new(manifest.Namespace ?? "default", manifest.Name, DateTimeOffset.MinValue);

    private static DateTimeOffset ParseTime(FieldCursor metadata, string text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return time;
        }

        metadata.Refuse("creationTimestamp", $"is \"{text}\"; must be a time as RFC 3339 writes it");
        return DateTimeOffset.MinValue;
    }

    /// <summary>Istio gives meaning to keys under istio.io (exportTo, persistent sessions, ...); none of them is modelled.</summary>
    private static void RefuseIstioKeys(FieldCursor metadata, Manifest manifest, string field)
    {
        var keys = manifest.Body["metadata"]?[field]?.AsObject();
        foreach (var key in keys?.Select(entry => entry.Key) ?? [])
        {
            if (key.Split('/')[0].EndsWith("istio.io", StringComparison.Ordinal) && key.Contains('/', StringComparison.Ordinal))
            {
                metadata.Refuse($"{field}.{key}", "not modelled by the rehearsal: remove it, or prove it on a cluster");
            }
        }
    }
}
