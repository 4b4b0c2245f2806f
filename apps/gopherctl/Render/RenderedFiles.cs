using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Render;

/// <summary>What `render` writes for a declaration: the texts by their paths below the folder, the same for the same input.</summary>
internal static class RenderedFiles
{
    /// <summary>manifests/NNN-kind-name.yaml in apply order, helm/NAME.yaml, and resources.json with all that is declared.</summary>
    public static SortedDictionary<string, string> Of(Declaration declaration)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, planned) in KubernetesObjects.Plan(declaration).Index())
        {
            files[$"manifests/{index + 1:000}-{planned.Manifest.Kind.ToLowerInvariant()}-{planned.Manifest.Name}.yaml"] = JsonYaml.Write(planned.Manifest.Body);
        }

        foreach (var release in KubernetesObjects.Releases(declaration))
        {
            files[$"helm/{release.Name}.yaml"] = JsonYaml.Write(release.Document);
        }

        files[ResourcesFile.Name] = ResourcesFile.Of(declaration).Write();
        return files;
    }
}
