using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>A manifest of a rendering.</summary>
/// <param name="Path">The file below the folder.</param>
/// <param name="Manifest">The object in it.</param>
internal sealed record RenderedManifest(string Path, Manifest Manifest)
{
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
}
