using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>Reads one object: its kind and metadata, and its spec by a reader of that kind.</summary>
public static class ObjectReader
{
    /// <summary>Reads an object strictly: every field that neither this nor <paramref name="readSpec"/> takes goes into the report.</summary>
    /// <param name="manifest">The object.</param>
    /// <param name="report">Where problems are reported.</param>
    /// <param name="readSpec">Reads the spec; an object without one is read as if it were empty, so that what it lacks is named.</param>
    /// <returns>The object's name, and its spec; null if the reader returned nothing; the report then has the error.</returns>
    public static (ObjectName Name, T? Spec) Read<T>(Manifest manifest, ReadingReport report, Func<FieldCursor, ObjectName, T?> readSpec)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(readSpec);
        var root = FieldCursor.Of(manifest, report);
        _ = root.Text("apiVersion");
        _ = root.Text("kind");
        var name = root.Read("metadata", metadata => MetadataReader.Read(metadata, manifest)) ?? MetadataReader.NameOf(manifest);
        var spec = root.Has("spec")
            ? root.Read("spec", fields => readSpec(fields, name))
            : readSpec(new FieldCursor([], "spec", manifest, report), name);
        root.Finish();
        return (name, spec);
    }
}

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
        var keys = (manifest.Body["metadata"] as JsonObject)?[field] as JsonObject ?? [];
        foreach (var key in keys.Select(entry => entry.Key))
        {
            if (key.Split('/')[0].EndsWith("istio.io", StringComparison.Ordinal) && key.Contains('/', StringComparison.Ordinal))
            {
                metadata.Refuse($"{field}.{key}", "not modelled by the rehearsal: remove it, or prove it on a cluster");
            }
        }
    }
}

/// <summary>One declared Kubernetes object: <c>render</c> writes it, and the rehearsal's data plane obeys it.</summary>
/// <param name="ApiVersion">E.g. <c>networking.istio.io/v1</c>.</param>
/// <param name="Kind">E.g. <c>VirtualService</c>.</param>
/// <param name="Namespace">The object's namespace; null for cluster-scoped objects.</param>
/// <param name="Name">metadata.name.</param>
/// <param name="Body">The whole object as it would be applied: apiVersion, kind, metadata, spec.</param>
public sealed record Manifest(string ApiVersion, string Kind, string? Namespace, string Name, JsonObject Body)
{
    /// <summary>Kind, namespace and name, as messages name an object: <c>VirtualService gophers/gopher-distributor</c>.</summary>
    public string DisplayName => Namespace is null ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}

/// <summary>Name and age of an object.</summary>
/// <param name="Namespace">metadata.namespace.</param>
/// <param name="Name">metadata.name.</param>
/// <param name="CreatedAt">metadata.creationTimestamp; the earliest time where there is none.</param>
public sealed record ObjectName(string Namespace, string Name, DateTimeOffset CreatedAt)
{
    /// <summary><c>namespace/name</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
