using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>What others changed of a deployed stack: the difference between what its state says and what is there.</summary>
/// <param name="Resources">What was changed or deleted, in the order in which the engine tells it.</param>
/// <param name="Unnamed">How many more resources differ without being named, as by a pulumi that is older than September 2024.</param>
internal sealed record DriftReport(IReadOnlyList<DriftedResource> Resources, int Unnamed)
{
    // A sentence of more is read by nobody; `drift` shows all.
    private const int NamedInSentence = 3;

    /// <summary>Whether anything differs.</summary>
    public bool IsAny => Resources.Count + Unnamed > 0;

    /// <summary>What differs, in one line: the first resources with their fields, and how many there are beside them.</summary>
    public string Sentence
    {
        get
        {
            var named = Resources.Take(NamedInSentence).Select(resource => resource.Changes.Count == 0 ? resource.Sentence : $"{resource.Sentence} ({string.Join(", ", resource.Changes.Select(change => change.Path))})").ToList();
            var more = Resources.Count + Unnamed - named.Count;
            return string.Join("; ", more > 0 ? named.Append(string.Create(CultureInfo.InvariantCulture, $"{more} more")) : named);
        }
    }

    /// <summary>Reads what <c>pulumi refresh --preview-only --json</c> writes: a digest of the preview (pulumi pkg/display/json.go, PreviewDigest).</summary>
    /// <exception cref="UserException">It is not such a digest, so nothing is known about drift.</exception>
    public static DriftReport Of(string digest)
    {
        try
        {
            var root = JsonNode.Parse(digest)?.AsObject() ?? throw new JsonException("it is null");
            // A step of a refresh that finds a difference is told as the update or deletion of the state that it stands for.
            var resources = root.Objects("steps").Where(step => step.Text("op") is "update" or "delete").Select(DriftedResource.Of).ToList();
            var counted = (root.At("changeSummary") as JsonObject ?? []).Where(count => count.Key is "update" or "delete").Sum(count => count.Value!.GetValue<int>());
            return new(resources, Math.Max(0, counted - resources.Count));
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException or FormatException)
        {
            throw new UserException(
                $"what pulumi said of the refresh cannot be read: {unread.Message}", "pulumi refresh --preview-only --json", "Run that command and see what it prints.", ExitCode.NotEnoughEvidence);
        }
    }

    /// <summary>The command that makes the stack what it declares again.</summary>
    public static string TakesBack(string stack) => $"pulumi up --refresh --stack {stack}";

    /// <summary>One line that sums up.</summary>
    public string Summary(string stack) => (Resources.Count + Unnamed) switch
    {
        0 => $"stack {stack}: nothing that it declares differs from what was deployed; what others added is not seen",
        1 => $"stack {stack}: 1 resource is not as it was deployed",
        var count => string.Create(CultureInfo.InvariantCulture, $"stack {stack}: {count} resources are not as they were deployed"),
    };
}

/// <summary>A resource that somebody else changed or deleted.</summary>
/// <param name="Name">The resource: an object as in the cluster, others by type and name.</param>
/// <param name="Type">Its type token.</param>
/// <param name="Urn">Its URN.</param>
/// <param name="IsGone">Whether it is no longer there.</param>
/// <param name="Changes">What differs.</param>
/// <param name="Editors">Who wrote what differs, the latest first, as the object's managedFields say; none where they do not.</param>
internal sealed record DriftedResource(string Name, string Type, string Urn, bool IsGone, IReadOnlyList<DriftedField> Changes, IReadOnlyList<FieldEditor> Editors)
{
    // The field managers of pulumi-kubernetes, one for each resource.
    private const string Own = "pulumi-kubernetes";

    /// <summary>Whether <c>pulumi up --refresh</c> meets a conflict there: a Deployment is shared with autoscalers, and not forced.</summary>
    public bool NeedsForce => Type.EndsWith(":Deployment", StringComparison.Ordinal) && !IsGone;

    /// <summary>What happened to it, and who did it since when, as far as that is known.</summary>
    public string Sentence => IsGone ? $"{Name} is gone ({(IsOfAws ? "CloudTrail" : "the cluster's audit log")} records who deleted it, and when)" : $"{Name} was changed {Who}";

    private bool IsOfAws => Type.StartsWith("aws:", StringComparison.Ordinal) || Type.StartsWith("eks:", StringComparison.Ordinal);

    private string Who => Editors.Count > 0
        ? string.Join(" and ", Editors.Select(editor => editor.Since is { } since
            ? string.Create(CultureInfo.InvariantCulture, $"by {editor.Manager}, since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : $"by {editor.Manager}"))
        : IsOfAws ? "by someone else (CloudTrail records who, and when)" : "by someone else (the object does not say who)";

    /// <summary>Reads a step of the digest.</summary>
    internal static DriftedResource Of(JsonObject step)
    {
        var urn = step.Text("urn") ?? throw new FormatException("a step has no urn");
        var (before, now) = (step.At("oldState"), step.At("newState"));
        var type = before.Text("type") ?? urn.Split("::")[2].Split('$')[^1];
        var changes = (step["detailedDiff"] as JsonObject ?? []).Select(diff => new DriftedField(
            diff.Key, diff.Value.Text("kind") ?? "update", Value(before, diff.Key), Value(now, diff.Key))).ToList();
        return new(NameOf(before.At("inputs"), type, urn), type, urn, step.Text("op") == "delete", changes, EditorsOf(now.At("outputs"), changes));
    }

    private static string NameOf(JsonNode? inputs, string type, string urn) => inputs.Text("kind") is { } kind && inputs.Text("metadata.name") is { } name
        ? inputs.Text("metadata.namespace") is { } space ? $"{kind} {space}/{name}" : $"{kind} {name}"
        : $"{type} {urn.Split("::")[^1]}";

    // What the program says is in the inputs; what a provider adds is in the outputs alone.
    private static JsonNode? Value(JsonNode? state, string path) =>
        PropertyPath.Find(state.At("inputs"), path) ?? PropertyPath.Find(state.At("outputs"), path);

    private static List<FieldEditor> EditorsOf(JsonNode? live, List<DriftedField> changes) =>
    [
        .. from entry in live.Items("metadata.managedFields")
           let manager = entry.Text("manager")
           where manager is not null && !manager.StartsWith(Own, StringComparison.Ordinal) && changes.Exists(change => PropertyPath.Owns(entry.At("fieldsV1"), change.Path))
           let since = DateTimeOffset.TryParse(entry.Text("time"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null
           orderby since descending
           select new FieldEditor(manager!, since),
    ];
}

/// <summary>A field that differs.</summary>
/// <param name="Path">Its path, as Pulumi writes it.</param>
/// <param name="Kind">Whether it was added, deleted or updated, as Pulumi names it.</param>
/// <param name="Declared">What was deployed; null for nothing.</param>
/// <param name="Found">What is there; null for nothing.</param>
internal sealed record DriftedField(string Path, string Kind, JsonNode? Declared, JsonNode? Found);

/// <summary>Who wrote a field.</summary>
/// <param name="Manager">The field manager, such as <c>kubectl-edit</c>.</param>
/// <param name="Since">When it last wrote; null where the object does not say.</param>
internal sealed record FieldEditor(string Manager, DateTimeOffset? Since);

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

    /// <summary>
    /// Whether a field manager owns a path, by an entry of managedFields (Kubernetes, FieldsV1): members are <c>f:NAME</c>. Items of a list are named there
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
}
