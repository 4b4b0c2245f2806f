using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>What others changed of a deployed stack: the difference between what its state says and what is there.</summary>
/// <param name="Resources">What was changed, added to or deleted, in the order in which the engine tells it; what was only added to follows.</param>
/// <param name="Unnamed">How many more resources differ without being named, as by a pulumi that is older than September 2024.</param>
internal sealed record DriftReport(IReadOnlyList<DriftedResource> Resources, int Unnamed)
{
    // A sentence of more is read by nobody; `drift` shows all.
    private const int NamedInSentence = 3;

    /// <summary>How values and patches are written: without escapes that nobody reads.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Objects of others that act on what the stack deployed.</summary>
    public IReadOnlyList<ForeignObject> Foreign { get; init; } = [];

    /// <summary>Objects that do not say who wrote their fields, so that what was added to them is not seen.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];

    /// <summary>Whether anything differs.</summary>
    public bool IsAny => Resources.Count + Unnamed + Foreign.Count > 0;

    /// <summary>What differs, in one line: the first resources with their fields, and how many there are beside them.</summary>
    public string Sentence
    {
        get
        {
            var named = Resources.Select(resource => resource.Changes.Count == 0 ? resource.Sentence : $"{resource.Sentence} ({string.Join(", ", resource.Changes.Select(change => change.Path))})")
                .Concat(Foreign.Select(item => item.Sentence)).Take(NamedInSentence).ToList();
            var more = Resources.Count + Foreign.Count + Unnamed - named.Count;
            return string.Join("; ", more > 0 ? named.Append(string.Create(CultureInfo.InvariantCulture, $"{more} more")) : named);
        }
    }

    /// <summary>Asks the cluster what was added to the objects of a stack and beside them.</summary>
    /// <param name="digest">What <see cref="Of"/> reads.</param>
    /// <param name="kubectl">Runs kubectl on the stack's cluster with arguments and an input, and returns what it wrote.</param>
    /// <exception cref="UserException">The digest, or the cluster, says nothing that can be read.</exception>
    public static async Task<DriftReport> AskAsync(string digest, Func<IReadOnlyList<string>, string?, Task<string>> kubectl)
    {
        var report = Of(digest);
        var root = JsonNode.Parse(digest)!;
        var objects = StackObject.Of(root);
        if (objects.Count == 0)
        {
            return report;
        }

        // As they are now: of what a refresh takes for unchanged the digest has what the last update saw.
        var live = Items(await kubectl(["get", "--filename", "-", "--ignore-not-found", "--output", "json", "--show-managed-fields"], StackObject.ListOf(objects)), "kubectl get --filename -")
            .ToLookup(body => StackObject.KeyOf(body, body.Text("metadata.namespace")));
        var others = Items(await kubectl(["get", ForeignObject.Kinds, "--all-namespaces", "--output", "json", "--show-managed-fields"], null), $"kubectl get {ForeignObject.Kinds}");
        var pairs = objects.SelectMany(item => live[item.Key].Take(1).Select(body => (Declared: item, Live: body))).ToList();
        List<DriftedResource> added = [];
        foreach (var (declared, body) in pairs)
        {
            added.AddRange(await AddedParts.OfAsync(declared, body, kubectl) is { } more ? [more] : Array.Empty<DriftedResource>());
        }

        var known = report.Resources.Select(resource => resource.Urn).ToHashSet();
        return report with
        {
            Resources =
            [
                .. report.Resources.Select(resource => added.Find(more => more.Urn == resource.Urn) is { } more ? resource.With(more) : resource),
                .. added.Where(resource => !known.Contains(resource.Urn)),
            ],
            Foreign = [.. ForeignObject.Among(others, objects, root)],
            Unseen = [.. pairs.Where(pair => !pair.Live.Objects("metadata.managedFields").Any()).Select(pair => StackObject.NameOf(pair.Live))],
        };
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

    /// <summary>The lines that make the stack, and what is around it, as it was declared: in this order, since an update makes other versions of objects.</summary>
    public IReadOnlyList<string> TakesBack(string stack) =>
    [
        .. Resources.Select(resource => resource.Patch).OfType<string>(),
        .. Foreign.Select(item => item.Delete),
        .. Unnamed > 0 || Resources.Any(resource => resource.IsUpdated) ? [$"pulumi up --refresh --stack {stack}"] : Array.Empty<string>(),
    ];

    /// <summary>One line that sums up.</summary>
    public string Summary(string stack) => (Resources.Count + Unnamed, Foreign.Count) switch
    {
        (0, 0) => $"stack {stack}: nothing differs from what was deployed, and nobody has added to it",
        (0, var others) => $"stack {stack}: {Beside(others)}",
        (var count, 0) => $"stack {stack}: {Differing(count)}",
        var (count, others) => $"stack {stack}: {Differing(count)}, and {Beside(others)}",
    };

    private static string Differing(int count) => count == 1 ? "1 resource is not as it was deployed" : string.Create(CultureInfo.InvariantCulture, $"{count} resources are not as they were deployed");

    private static string Beside(int count) => count == 1 ? "1 object of others acts on it" : string.Create(CultureInfo.InvariantCulture, $"{count} objects of others act on it");

    // kubectl writes nothing where it finds nothing, and a list only of several.
    private static IEnumerable<JsonObject> Items(string printed, string command)
    {
        var read = printed.Trim().Length == 0 ? null : JsonNodes.Parsed(printed, command);
        return read.Text("kind")?.EndsWith("List", StringComparison.Ordinal) == true ? read.Objects("items") : read is JsonObject single ? [single] : [];
    }
}

/// <summary>A resource that somebody else changed, added to or deleted.</summary>
/// <param name="Name">The resource: an object as in the cluster, others by type and name.</param>
/// <param name="Type">Its type token.</param>
/// <param name="Urn">Its URN.</param>
/// <param name="IsGone">Whether it is no longer there.</param>
/// <param name="Changes">What differs.</param>
/// <param name="Editors">Who wrote what differs, the latest first, as the object's managedFields say; none where they do not.</param>
internal sealed record DriftedResource(string Name, string Type, string Urn, bool IsGone, IReadOnlyList<DriftedField> Changes, IReadOnlyList<FieldEditor> Editors)
{
    /// <summary>Whether a refresh sees it, so that an update takes it back.</summary>
    public bool IsUpdated { get; init; }

    /// <summary>The line that takes away what was added; null where nothing was.</summary>
    public string? Patch { get; init; }

    /// <summary>Whether <c>pulumi up --refresh</c> meets a conflict there: a Deployment is shared with autoscalers, and not forced.</summary>
    public bool NeedsForce => IsUpdated && Type.EndsWith(":Deployment", StringComparison.Ordinal) && !IsGone;

    /// <summary>What happened to it, and who did it since when, as far as that is known.</summary>
    public string Sentence => IsGone ? $"{Name} is gone ({(IsOfAws ? "CloudTrail" : "the cluster's audit log")} records who deleted it, and when)" : $"{Name} was {(IsUpdated ? "changed" : "added to")} {Who}";

    private bool IsOfAws => Type.StartsWith("aws:", StringComparison.Ordinal) || Type.StartsWith("eks:", StringComparison.Ordinal);

    private string Who => Editors.Count > 0 ? string.Join(" and ", Editors)
        : IsOfAws ? "by someone else (CloudTrail records who, and when)" : "by someone else (the object does not say who)";

    /// <summary>The same with what was added to it.</summary>
    public DriftedResource With(DriftedResource added) => this with
    {
        Changes = [.. Changes, .. added.Changes],
        Editors = [.. Editors.Union(added.Editors).OrderByDescending(editor => editor.Since)],
        Patch = added.Patch,
    };

    /// <summary>Reads a step of the digest.</summary>
    internal static DriftedResource Of(JsonObject step)
    {
        var urn = step.Text("urn") ?? throw new FormatException("a step has no urn");
        var (before, now) = (step.At("oldState"), step.At("newState"));
        var type = before.Text("type") ?? urn.Split("::")[2].Split('$')[^1];
        var changes = (step["detailedDiff"] as JsonObject ?? []).Select(diff => new DriftedField(
            diff.Key, diff.Value.Text("kind") ?? "update", Value(before, diff.Key), Value(now, diff.Key))).ToList();
        return new(NameOf(before.At("inputs"), type, urn), type, urn, step.Text("op") == "delete", changes, EditorsOf(now.At("outputs"), changes)) { IsUpdated = true };
    }

    private static string NameOf(JsonNode? inputs, string type, string urn) =>
        inputs.Text("kind") is not null && inputs.Text("metadata.name") is not null ? StackObject.NameOf(inputs) : $"{type} {urn.Split("::")[^1]}";

    // What the program says is in the inputs; what a provider adds is in the outputs alone.
    private static JsonNode? Value(JsonNode? state, string path) =>
        PropertyPath.Find(state.At("inputs"), path) ?? PropertyPath.Find(state.At("outputs"), path);

    private static List<FieldEditor> EditorsOf(JsonNode? live, List<DriftedField> changes) =>
    [
        .. from entry in live.Items("metadata.managedFields")
           let editor = FieldEditor.Of(entry)
           where editor is { IsProvider: false } && changes.Exists(change => PropertyPath.Owns(entry.At("fieldsV1"), change.Path))
           orderby editor.Since descending
           select editor,
    ];
}

/// <summary>A field that differs.</summary>
/// <param name="Path">Its path, as Pulumi writes it.</param>
/// <param name="Kind">Whether it was added, deleted or updated, as Pulumi names it.</param>
/// <param name="Declared">What was deployed; null for nothing.</param>
/// <param name="Found">What is there; null for nothing.</param>
internal sealed record DriftedField(string Path, string Kind, JsonNode? Declared, JsonNode? Found);
