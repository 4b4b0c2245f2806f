using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Program;

/// <summary>A Helm release as `helm install NAME CHART --repo REPOSITORY --version VERSION --namespace NAMESPACE --values VALUES` needs it.</summary>
/// <param name="Name">The release's name.</param>
/// <param name="Document">name, chart, repository, version, namespace, after (the releases that come first) and values.</param>
internal sealed record HelmRelease(string Name, JsonObject Document)
{
    /// <summary>Reads a declared release.</summary>
    /// <exception cref="NotSupportedException">A release without an explicit name, which gets a random one.</exception>
    public static HelmRelease From(DeclaredResource resource, IEnumerable<DeclaredResource> after)
    {
        var inputs = resource.Inputs;
        var document = new JsonObject
        {
            ["name"] = NameOf(resource),
            ["chart"] = inputs["chart"]?.DeepClone(),
            ["repository"] = inputs["repositoryOpts"]?["repo"]?.DeepClone(),
            ["version"] = inputs["version"]?.DeepClone(),
            ["namespace"] = inputs["namespace"]?.DeepClone(),
            ["after"] = new JsonArray([.. after.Select(other => JsonValue.Create(NameOf(other)))]),
            ["values"] = inputs["values"]?.DeepClone() ?? new JsonObject(),
        };
        return new HelmRelease(NameOf(resource), document);
    }

    private static string NameOf(DeclaredResource resource) =>
        resource.Inputs["name"]?.GetValue<string>() ?? throw new NotSupportedException($"the Helm release '{resource.Name}' has no name of its own");
}
