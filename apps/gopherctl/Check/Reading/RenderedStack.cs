using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>What `render` wrote, read back: all that the rules of a check know.</summary>
/// <param name="Declaration">resources.json.</param>
/// <param name="Manifests">manifests/, in apply order.</param>
/// <param name="Releases">helm/.</param>
internal sealed record RenderedStack(
    Declaration Declaration, IReadOnlyList<RenderedManifest> Manifests, IReadOnlyList<RenderedRelease> Releases)
{
    /// <summary>The outputs of the stack, as messages name them.</summary>
    public const string OutputsName = "the stack's outputs";

    /// <summary>Every resource, in the order of construction.</summary>
    public IReadOnlyList<DeclaredResource> Resources => Declaration.Resources;

    /// <summary>
    /// What would be read back if `render` had written a declaration: the same objects without the way through YAML, which takes a third of the time of
    /// a check.
    /// </summary>
    public static RenderedStack Of(Declaration declaration) => new(
        declaration,
        [.. KubernetesObjects.Plan(declaration).Select(planned => new RenderedManifest(ResourcesFile.Name, planned.Manifest))],
        [.. KubernetesObjects.Releases(declaration).Select(release => RenderedRelease.Of(ResourcesFile.Name, release.Name, release.Document))]);

    /// <summary>The manifests of a kind.</summary>
    public IEnumerable<RenderedManifest> OfKind(string kind) => Manifests.Where(manifest => manifest.Manifest.Kind == kind);

    /// <summary>The resources of a type.</summary>
    public IEnumerable<DeclaredResource> OfType(string type) => Resources.Where(resource => resource.Type == type);

    /// <summary>Where a thing stands, by its name in messages: the line of the program that declares it or, for others' manifests, that of the file.</summary>
    public IReadOnlyDictionary<string, SourceLine> Places()
    {
        var places = new Dictionary<string, SourceLine>();
        var all = Resources.Select(resource => (Name: NameOf(resource), Place: resource.Source))
            .Concat(Manifests.Select(manifest => (Name: manifest.Manifest.DisplayName, Place: manifest.Line is { } line ? new SourceLine(manifest.Path, line) : null)))
            .Append((Name: OutputsName, Place: SourceLine.OfProgram));
        foreach (var (name, place) in all)
        {
            if (place is not null)
            {
                places.TryAdd(name, place);
            }
        }

        return places;
    }

    /// <summary>A resource, as messages name it: objects and releases as in the cluster, others by type and name.</summary>
    public static string NameOf(DeclaredResource resource) => resource.Inputs switch
    {
        _ when resource.Type == KubernetesObjects.ReleaseType => $"Helm release {resource.Inputs.Text("name")}",
        var inputs when inputs.Text("kind") is { } kind && inputs.Text("metadata.name") is { } name =>
            inputs.Text("metadata.namespace") is { } space ? $"{kind} {space}/{name}" : $"{kind} {name}",
        _ => $"{resource.Type} {resource.Name}",
    };
}

/// <summary>A manifest of a rendering.</summary>
/// <param name="Path">The file below the folder.</param>
/// <param name="Manifest">The object in it.</param>
internal sealed record RenderedManifest(string Path, Manifest Manifest)
{
    /// <summary>The line of the file where it begins, from 1; null in a rendering, whose objects have lines of the program.</summary>
    public int? Line { get; init; }

    /// <summary>The whole object.</summary>
    public JsonObject Body => Manifest.Body;

    /// <summary>The namespace that the object is in: without one it is in <c>default</c>, as kubectl and Pulumi put it.</summary>
    public string Space => Manifest.Namespace ?? "default";
}

/// <summary>A Helm release of a rendering.</summary>
/// <param name="Path">The file below the folder.</param>
/// <param name="Name">The release's name.</param>
/// <param name="Values">The values that are given to its chart, and so only what differs from the chart's own.</param>
internal sealed record RenderedRelease(string Path, string Name, JsonObject Values)
{
    /// <summary>The release, as messages name it.</summary>
    public string DisplayName => $"Helm release {Name}";

    /// <summary>The chart's name; null where none is given.</summary>
    public string? Chart { get; init; }

    /// <summary>The chart's version.</summary>
    public string? Version { get; init; }

    /// <summary>The namespace that its objects are in.</summary>
    public string Space { get; init; } = "default";

    /// <summary>The labels that its values give to its pods, as Istio's gateway chart reads them.</summary>
    public JsonObject Labels => Values.At("labels") as JsonObject ?? [];

    /// <summary>The service account that its pods have: Istio's charts name it after the release.</summary>
    public string Account => Values.Text("serviceAccount.name") ?? Name;

    /// <summary>A release by its file: its chart, where it goes, and its values.</summary>
    public static RenderedRelease Of(string path, string name, JsonObject document) => new(path, name, document["values"] as JsonObject ?? [])
    {
        Chart = document.Text("chart"),
        Version = document.Text("version"),
        Space = document.Text("namespace") ?? "default",
    };
}
