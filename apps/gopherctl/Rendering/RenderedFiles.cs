using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Gopherctl.Rendering;

/// <summary>What `render` writes for a declaration: the texts by their paths below the folder, the same for the same input.</summary>
internal static class RenderedFiles
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>manifests/NNN-kind-name.yaml in apply order, helm/NAME.yaml, and resources.json with all that is declared.</summary>
    public static SortedDictionary<string, string> Of(Declaration declaration)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, planned) in KubernetesObjects.Plan(declaration).Index())
            files[$"manifests/{index + 1:000}-{planned.Manifest.Kind.ToLowerInvariant()}-{planned.Manifest.Name}.yaml"] = JsonYaml.Write(planned.Manifest.Body);
        foreach (var release in KubernetesObjects.Releases(declaration))
            files[$"helm/{release.Name}.yaml"] = JsonYaml.Write(release.Document);
        files["resources.json"] = Resources(declaration).ToJsonString(Readable) + "\n";
        return files;
    }

    private static JsonObject Resources(Declaration declaration) => new()
    {
        ["stack"] = declaration.Stack,
        ["resources"] = new JsonArray([.. declaration.Resources.Select(Resource)]),
        ["outputs"] = declaration.Outputs.DeepClone(),
    };

    private static JsonObject Resource(DeclaredResource resource) => new()
    {
        ["type"] = resource.Type,
        ["name"] = resource.Name,
        ["urn"] = resource.Urn,
        ["parent"] = resource.Parent,
        ["provider"] = resource.Provider,
        ["dependsOn"] = new JsonArray([.. resource.DependsOn.Select(urn => JsonValue.Create(urn))]),
        ["read"] = resource.IsRead,
        ["inputs"] = resource.Inputs.DeepClone(),
    };
}
