namespace GopherMesh.DataPlane.Manifests;

/// <summary>Name and age of an object.</summary>
/// <param name="Namespace">metadata.namespace.</param>
/// <param name="Name">metadata.name.</param>
/// <param name="CreatedAt">metadata.creationTimestamp; the earliest time where there is none.</param>
public sealed record ObjectName(string Namespace, string Name, DateTimeOffset CreatedAt)
{
    /// <summary><c>namespace/name</c>.</summary>
    public override string ToString() => $"{Namespace}/{Name}";
}
