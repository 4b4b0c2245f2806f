using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>What `render` wrote, read back: all that the rules of a check know.</summary>
/// <param name="Declaration">resources.json.</param>
/// <param name="Manifests">manifests/, in apply order.</param>
/// <param name="Releases">helm/.</param>
internal sealed record RenderedStack(
    Declaration Declaration, IReadOnlyList<RenderedManifest> Manifests, IReadOnlyList<RenderedRelease> Releases)
{
    /// <summary>Every resource, in the order of construction.</summary>
    public IReadOnlyList<DeclaredResource> Resources => Declaration.Resources;

    /// <summary>The manifests of a kind.</summary>
    public IEnumerable<RenderedManifest> OfKind(string kind) => Manifests.Where(manifest => manifest.Manifest.Kind == kind);

    /// <summary>The resources of a type.</summary>
    public IEnumerable<DeclaredResource> OfType(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>A resource, as messages name it: objects and releases as in the cluster, others by type and name.</summary>
    public static string NameOf(DeclaredResource resource) => resource.Inputs switch
    {
        _ when resource.Type == KubernetesObjects.ReleaseType => $"Helm release {resource.Inputs.Text("name")}",
        var inputs when inputs.Text("kind") is { } kind && inputs.Text("metadata.name") is { } name =>
            inputs.Text("metadata.namespace") is { } space ? $"{kind} {space}/{name}" : $"{kind} {name}",
        _ => $"{resource.Type} {resource.Name}",
    };
}
