using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Manifests;

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
