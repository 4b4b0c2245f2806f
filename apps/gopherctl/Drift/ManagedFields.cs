using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>Who wrote a field.</summary>
/// <param name="Manager">The field manager, such as <c>kubectl-edit</c>.</param>
/// <param name="Since">When it last wrote; null where the object does not say.</param>
internal sealed record FieldEditor(string Manager, DateTimeOffset? Since)
{
    // The field managers of pulumi-kubernetes, one for each resource.
    private const string Own = "pulumi-kubernetes";

    /// <summary>Whether it is the provider of the stack, or of another one.</summary>
    public bool IsProvider => Manager.StartsWith(Own, StringComparison.Ordinal);

    /// <summary>The writer of an entry of managedFields; null where it names none.</summary>
    public static FieldEditor? Of(JsonNode? entry) => entry.Text("manager") is { } manager ? new(manager, At(entry.Text("time"))) : null;

    /// <summary>A time as Kubernetes writes it.</summary>
    public static DateTimeOffset? At(string? time) =>
        DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read) ? read : null;

    /// <inheritdoc/>
    public override string ToString() => Since is { } since ? string.Create(CultureInfo.InvariantCulture, $"by {Manager}, since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : $"by {Manager}";
}

/// <summary>A field manager at a place of an object: what an entry of its managedFields names there (Kubernetes, "Server-Side Apply", FieldsV1).</summary>
/// <param name="Editor">Who it is.</param>
/// <param name="Fields">Members by <c>f:NAME</c>, items by <c>k:KEYS</c> or <c>v:VALUE</c>; none where it has written all that is below.</param>
internal sealed record FieldOwner(FieldEditor Editor, JsonObject Fields)
{
    // They complete objects as a cluster works: the autoscaler, the node pools, EKS with its add-ons (EKS user guide, "Kubernetes field management").
    private static readonly string[] Platform = ["kube-", "cloud-controller-manager", "pilot-discovery", "karpenter", "aws-", "eks"];

    /// <summary>Who wrote an object, without those who write its status or its scale, and without the cluster itself.</summary>
    public static IReadOnlyList<FieldOwner> Of(JsonNode live) =>
    [
        .. from entry in live.Objects("metadata.managedFields")
           let editor = FieldEditor.Of(entry)
           where editor is not null && entry.Text("subresource") is null && !Array.Exists(Platform, name => editor.Manager.StartsWith(name, StringComparison.Ordinal))
           let fields = entry["fieldsV1"] as JsonObject
           where fields is { Count: > 0 }
           select new FieldOwner(editor, fields),
    ];

    /// <summary>The owner at a member; null where it has written nothing of it.</summary>
    public FieldOwner? Member(string name) => Fields.Count == 0 ? this : Fields[$"f:{name}"] is JsonObject fields ? this with { Fields = fields } : null;

    /// <summary>The owner at an item of a list; null where it has written nothing of it.</summary>
    public FieldOwner? Item(JsonNode? item) => Fields.Count == 0 ? this
        : Fields.Where(field => Names(field.Key, item)).Select(field => field.Value).OfType<JsonObject>().FirstOrDefault() is { } fields ? this with { Fields = fields } : null;

    /// <summary>Whether a name of an item, as managedFields write it, is one of an item.</summary>
    /// <param name="name">The name: <c>k:{"name":"http"}</c>, or <c>v:"value"</c>.</param>
    /// <param name="item">The item.</param>
    /// <param name="isPartial">Whether the item may leave out members of the key, as one that is declared does where the API server has a default.</param>
    public static bool Names(string name, JsonNode? item, bool isPartial = false) => name.Split(':', 2) switch
    {
        ["k", var keys] => item is JsonObject && JsonNode.Parse(keys) is JsonObject key && key.All(member => (isPartial && item[member.Key] is null) || JsonNode.DeepEquals(member.Value, item[member.Key])),
        ["v", var value] => JsonNode.DeepEquals(JsonNode.Parse(value), item),
        _ => false,
    };
}

/// <summary>Paths of properties as Pulumi writes them (sdk/go/common/resource, PropertyPath): <c>spec.http[0].timeout</c>, <c>metadata.labels["a/b"]</c>.</summary>
internal static partial class PropertyPath
{
    /// <summary>The value at a path; null where there is none.</summary>
    public static JsonNode? Find(JsonNode? root, string path) => Steps(path).Aggregate(root, (node, step) => (node, step) switch
    {
        (JsonArray items, { Index: { } index }) => items.ElementAtOrDefault(index),
        (JsonObject members, { Name: { } name }) => members[name],
        _ => null,
    });

    /// <summary>The path of a member.</summary>
    public static string Member(string path, string name) => !Plain().IsMatch(name) ? $"{path}[\"{name.Replace("\"", "\\\"", StringComparison.Ordinal)}\"]" : path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The same path as a JSON Pointer (RFC 6901).</summary>
    public static string Pointer(string path) => string.Concat(Steps(path).Select(step =>
        step.Index is { } index ? string.Create(CultureInfo.InvariantCulture, $"/{index}") : $"/{step.Name!.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"));

    /// <summary>
    /// Whether a field manager owns a path, by an entry of managedFields: members are <c>f:NAME</c>. Items of a list are named there
    /// by their keys or values, and Pulumi counts them: whoever owns any item of a list is taken for an owner of each.
    /// </summary>
    public static bool Owns(JsonNode? fields, string path)
    {
        var node = fields as JsonObject;
        foreach (var step in Steps(path))
        {
            if (node is null or { Count: 0 } || step.Name is null)
            {
                break;
            }

            if (node[$"f:{step.Name}"] is not JsonObject next)
            {
                return false;
            }

            node = next;
        }

        return node is not null;
    }

    private static IEnumerable<(string? Name, int? Index)> Steps(string path) =>
        from Match step in Step().Matches(path)
        select step.Groups["index"] is { Success: true } index
            ? ((string?)null, (int?)int.Parse(index.Value, CultureInfo.InvariantCulture))
            : (step.Groups["quoted"] is { Success: true } quoted ? quoted.Value.Replace("\\\"", "\"", StringComparison.Ordinal) : step.Groups["name"].Value, null);

    [GeneratedRegex("""\[(?<index>[0-9]{1,9})\]|\["(?<quoted>(?:[^"\\]|\\.)*)"\]|(?<name>[^.\[\]]+)""")]
    private static partial Regex Step();

    [GeneratedRegex("^[^.\\[\\]\"]+$")]
    private static partial Regex Plain();
}
