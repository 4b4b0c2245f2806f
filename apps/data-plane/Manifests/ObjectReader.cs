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
