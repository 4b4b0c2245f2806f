using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>A stack's state as <c>pulumi stack export</c> gives it (pulumi, <c>sdk/go/common/apitype/core.go</c>, DeploymentV3).</summary>
/// <param name="document">The export.</param>
internal sealed class StackDeployment(JsonObject document)
{
    private JsonObject Deployment => document["deployment"]!.AsObject();

    private JsonArray Resources => Deployment["resources"] as JsonArray ?? [];

    /// <summary>The creations that were under way.</summary>
    public IReadOnlyList<PendingCreate> PendingCreates => [.. Operations("creating").Select(resource => new PendingCreate(resource))];

    /// <summary>Helm releases that were being installed, changed or removed, by their resources' names.</summary>
    public IReadOnlyList<string> PendingReleases =>
    [
        .. Operations(null).Where(resource => $"{resource["type"]}" == "kubernetes:helm.sh/v3:Release").Select(resource => $"{resource["urn"]}".Split("::")[^1]).Order(),
    ];

    /// <summary>Whether the state has the resource.</summary>
    public bool Has(string urn) => Resources.Any(resource => $"{resource!["urn"]}" == urn);

    /// <summary>The identifiers that the state has of a type of resource.</summary>
    public IReadOnlySet<string> Ids(string type) => Resources.Where(resource => $"{resource!["type"]}" == type).Select(resource => $"{resource!["id"]}").ToHashSet();

    /// <summary>The state without its operations, and with what was found of them: a refresh fills in what a provider knows of those.</summary>
    /// <param name="found">What was created, each with the identifier by which its provider imports it.</param>
    public JsonObject With(IEnumerable<(PendingCreate Create, string Id)> found)
    {
        var next = document.DeepClone().AsObject();
        var deployment = next["deployment"]!.AsObject();
        deployment.Remove("pending_operations");
        var resources = deployment["resources"]?.AsArray() ?? [];
        foreach (var (create, id) in found)
        {
            // After all that it depends on, and nothing depends on it yet.
            var resource = create.Resource.DeepClone().AsObject();
            resource["id"] = id;
            resource.Remove("outputs");
            resources.Add(resource);
        }

        return next;
    }

    private IEnumerable<JsonObject> Operations(string? type) =>
        from operation in Deployment["pending_operations"] as JsonArray ?? []
        where type is null || $"{operation!["type"]}" == type
        select operation!["resource"]!.AsObject();
}
