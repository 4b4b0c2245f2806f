using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>A release of Helm on which an operation was under way.</summary>
/// <param name="Operation">The engine's word: <c>creating</c>, <c>updating</c>, <c>deleting</c>.</param>
/// <param name="Urn">The resource.</param>
/// <param name="Namespace">The release's namespace.</param>
/// <param name="Name">The release's name.</param>
/// <param name="Provider">The reference of its provider: URN::ID.</param>
internal sealed record PendingRelease(string Operation, string Urn, string Namespace, string Name, string Provider);

/// <summary>A stack's state as <c>pulumi stack export</c> gives it (pulumi, <c>sdk/go/common/apitype/core.go</c>, DeploymentV3).</summary>
/// <param name="document">The export.</param>
/// <param name="interrupted">The export that has the operations which were under way; null where it is the same one.</param>
internal sealed class StackDeployment(JsonObject document, JsonObject? interrupted = null)
{
    private const string ReleaseType = "kubernetes:helm.sh/v3:Release";

    private JsonObject Deployment => document["deployment"]!.AsObject();

    private JsonArray Resources => Deployment["resources"] as JsonArray ?? [];

    /// <summary>The creations that were under way.</summary>
    public IReadOnlyList<PendingCreate> PendingCreates => [.. Operations(operation => operation == "creating").Select(pending => new PendingCreate(pending.Resource))];

    /// <summary>Releases of Helm that were being installed, upgraded or uninstalled.</summary>
    public IReadOnlyList<PendingRelease> PendingReleases =>
    [
        .. from pending in Operations(_ => true)
           where $"{pending.Resource["type"]}" == ReleaseType
           let inputs = pending.Resource["inputs"]
           select new PendingRelease(pending.Operation, $"{pending.Resource["urn"]}", $"{inputs?["namespace"]}", $"{inputs?["name"]}", $"{pending.Resource["provider"]}"),
    ];

    /// <summary>Whether any operation was under way.</summary>
    public bool IsInterrupted => Operations(_ => true).Any();

    /// <summary>Reads an export.</summary>
    /// <param name="export">The text.</param>
    /// <param name="where">Its file or command, for the error.</param>
    /// <param name="config">The stack that it must be of.</param>
    /// <exception cref="UserException">It is not an export, or one of another stack.</exception>
    public static JsonObject Parse(string export, string where, EffectiveConfig config)
    {
        JsonNode? document = null;
        try
        {
            document = JsonNode.Parse(export);
        }
        catch (JsonException)
        {
            // Told below, like JSON of another form.
        }

        if (document is not JsonObject { } read || read["deployment"] is not JsonObject deployment
            || Objects(deployment["resources"]) is not { } resources || Objects(deployment["pending_operations"]) is not { } operations
            || operations.Any(operation => operation["resource"] is not JsonObject))
        {
            throw new UserException("this is not the export of a stack's state", where, "Use a file that pulumi stack export wrote.");
        }

        // An organization may stand before the name (pulumi, "Stacks").
        var own = $"urn:pulumi:{config.Stack.Split('/')[^1]}::{config.Project}::";
        var foreign = resources.Concat(operations.Select(operation => operation["resource"]!.AsObject())).FirstOrDefault(resource => !$"{resource["urn"]}".StartsWith(own, StringComparison.Ordinal));
        return foreign is null ? read : throw new UserException(
            $"this is the state of another stack: it has {foreign["urn"]}", where, $"Use an export of stack {config.Stack} of project {config.Project}.");
    }

    /// <summary>Whether the state has the resource.</summary>
    public bool Has(string urn) => Resources.Any(resource => $"{resource!["urn"]}" == urn);

    /// <summary>The identifiers that the state has of a type of resource.</summary>
    public IReadOnlySet<string> Ids(string type) => Resources.Where(resource => $"{resource!["type"]}" == type).Select(resource => $"{resource!["id"]}").ToHashSet();

    /// <summary>An input of a provider, such as the kubeconfig; null where the state has none, or only encrypted.</summary>
    /// <param name="reference">The provider's reference: URN::ID.</param>
    /// <param name="name">The input.</param>
    public string? ProviderInput(string reference, string name) =>
        Resources.FirstOrDefault(resource => $"{resource!["urn"]}::{resource["id"]}" == reference)?["inputs"]?[name] switch
        {
            JsonValue value => $"{value}",
            // A secret as `pulumi stack export --show-secrets` writes it: the value is JSON in a string.
            JsonObject secret when secret["plaintext"] is JsonValue plain => JsonNode.Parse($"{plain}")?.ToString(),
            _ => null,
        };

    /// <summary>The state without its operations, and with what was found of them: a refresh fills in what their providers know.</summary>
    /// <param name="found">What was created, each with the identifier by which its provider imports it.</param>
    public JsonObject With(IEnumerable<(PendingCreate Create, string Id)> found)
    {
        var next = document.DeepClone().AsObject();
        var deployment = next["deployment"]!.AsObject();
        deployment.Remove("pending_operations");
        if (deployment["resources"] is not JsonArray)
        {
            deployment["resources"] = new JsonArray();
        }

        foreach (var (create, id) in found)
        {
            // After everything that it depends on; nothing depends on it yet.
            var resource = create.Resource.DeepClone().AsObject();
            resource["id"] = id;
            resource.Remove("outputs");
            deployment["resources"]!.AsArray().Add(resource);
        }

        return next;
    }

    // The objects of a list, which may be absent; null for anything else.
    private static IReadOnlyList<JsonObject>? Objects(JsonNode? list) =>
        list is null ? [] : list is JsonArray items && items.All(item => item is JsonObject) ? [.. items.OfType<JsonObject>()] : null;

    private IEnumerable<(string Operation, JsonObject Resource)> Operations(Func<string, bool> isWanted) =>
        from operation in (interrupted ?? document)["deployment"]!["pending_operations"] as JsonArray ?? []
        let name = $"{operation!["type"]}"
        where isWanted(name)
        select (name, operation!["resource"]!.AsObject());
}
