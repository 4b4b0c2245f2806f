using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Program;

/// <summary>The Kubernetes objects and Helm releases among what is declared.</summary>
internal static partial class KubernetesObjects
{
    /// <summary>The type token of a Helm release.</summary>
    public const string ReleaseType = "kubernetes:helm.sh/v3:Release";

    /// <summary>The objects in the order in which they are created.</summary>
    /// <exception cref="NotSupportedException">A resource that only its provider can turn into objects (a Chart, a ConfigFile, a Patch).</exception>
    public static IReadOnlyList<PlannedObject> Plan(Declaration declaration)
    {
        var order = new DependencyOrder(declaration.Resources);
        return [.. order.Resources.Where(IsObject)
            .Select(resource => new PlannedObject(resource.Urn, ToManifest(resource), order.Needs(resource)))];
    }

    /// <summary>The releases in the order in which they are installed.</summary>
    public static IReadOnlyList<HelmRelease> Releases(Declaration declaration)
    {
        var order = new DependencyOrder(declaration.Resources);
        var releases = order.Resources.Where(resource => resource.Type == ReleaseType).ToList();
        return [.. releases.Select(release => HelmRelease.From(release, releases.Where(other => order.Needs(release).Contains(other.Urn))))];
    }

    private static bool IsObject(DeclaredResource resource) =>
        resource is { IsRead: false, Type: not ReleaseType } && resource.Type.StartsWith("kubernetes:", StringComparison.Ordinal);

    private static Manifest ToManifest(DeclaredResource resource)
    {
        if (!ObjectType().IsMatch(resource.Type) || resource.Inputs["apiVersion"] is not { } version || resource.Inputs["kind"] is not { } kind)
        {
            throw new NotSupportedException($"{resource.Type} '{resource.Name}' is not one Kubernetes object; only its provider knows which objects it becomes");
        }

        var metadata = resource.Inputs["metadata"] as JsonObject;
        return new Manifest(
            version.GetValue<string>(),
            kind.GetValue<string>(),
            metadata?["namespace"]?.GetValue<string>(),
            // The provider derives a name from the resource's when there is none; ours always have one.
            metadata?["name"]?.GetValue<string>() ?? throw new NotSupportedException($"{resource.Type} '{resource.Name}' has no metadata.name"),
            InOrder(resource.Inputs));
    }

    // apiVersion, kind and metadata first, as people write and read objects; the rest unchanged.
    private static JsonObject InOrder(JsonObject body) =>
        new(body.OrderBy(member => Array.IndexOf(["apiVersion", "kind", "metadata"], member.Key) is var index and >= 0 ? index : int.MaxValue)
            .Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));

    [GeneratedRegex(@"^kubernetes:(?!helm\.sh|yaml|kustomize)[a-z0-9.-]+/v[0-9a-z]+:(?!\w+Patch$)\w+$")]
    private static partial Regex ObjectType();
}

/// <summary>A declared object and what must exist before it.</summary>
/// <param name="Urn">The URN of the resource that declares it.</param>
/// <param name="Manifest">The object.</param>
/// <param name="Needs">URNs of resources, among them those of other objects.</param>
internal sealed record PlannedObject(string Urn, Manifest Manifest, IReadOnlySet<string> Needs);

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
