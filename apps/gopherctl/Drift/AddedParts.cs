using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>
/// What is in a live object and not in what was declared. A refresh compares only what is declared (pulumi-kubernetes, pruneLiveState: members by their
/// names, items as many as are declared). What the API server fills in belongs to no field manager; Istio's kinds have no defaults.
/// </summary>
internal sealed class AddedParts
{
    // They say of an object when it was restarted, applied or made, and change nothing of it.
    private static readonly string[] Notes =
    [
        "kubectl.kubernetes.io/restartedAt", "kubectl.kubernetes.io/last-applied-configuration", "kubernetes.io/metadata.name",
        "karpenter.sh/nodepool-hash", "karpenter.sh/nodepool-hash-version", "eks.amazonaws.com/nodeclass-hash", "eks.amazonaws.com/nodeclass-hash-version",
    ];

    private readonly JsonNode _live;
    private readonly List<(DriftedField Field, IEnumerable<FieldEditor> Editors)> _found = [];

    private AddedParts(JsonNode live) => _live = live;

    private bool HasDefaults => !StackObject.GroupOf(_live).EndsWith("istio.io", StringComparison.Ordinal);

    /// <summary>The resource as it was added to; null where nothing was.</summary>
    /// <param name="declared">The object of the stack.</param>
    /// <param name="live">The same in the cluster, with its managed fields.</param>
    /// <param name="kubectl">Runs kubectl with arguments and an input.</param>
    public static async Task<DriftedResource?> OfAsync(StackObject declared, JsonNode live, Func<IReadOnlyList<string>, string?, Task<string>> kubectl)
    {
        var parts = new AddedParts(live);
        parts.Compare(declared.Inputs);
        if (parts._found.Count > 0 && parts.HasDefaults)
        {
            await parts.LeaveOutDefaultsAsync(kubectl);
        }

        return parts._found.Count == 0 ? null : new(
            StackObject.NameOf(live), declared.Type, declared.Urn, IsGone: false, [.. parts._found.Select(part => part.Field)],
            [.. parts._found.SelectMany(part => part.Editors).Distinct().OrderByDescending(editor => editor.Since)])
        {
            Patch = $"{StackObject.Kubectl(live, "patch")} --type json --patch '{parts.Patch().Replace("'", "'\\''", StringComparison.Ordinal)}'",
        };
    }

    private void Compare(JsonNode declared)
    {
        var owners = FieldOwner.Of(_live);
        foreach (var (name, value) in _live.AsObject().Where(member => member.Key is not ("apiVersion" or "kind" or "status" or "metadata")))
        {
            Look(declared.Member(name), value, name, At(owners, name));
        }

        var metadata = At(owners, "metadata");
        foreach (var name in (string[])["labels", "annotations"])
        {
            Members(declared.At($"metadata.{name}") as JsonObject ?? [], _live.At($"metadata.{name}") as JsonObject ?? [], $"metadata.{name}", At(metadata, name));
        }
    }

    // Who applies or replaces a whole item, as kubectl edit and Argo do, owns its defaults too. The API server is asked what it would fill in again.
    private async Task LeaveOutDefaultsAsync(Func<IReadOnlyList<string>, string?, Task<string>> kubectl)
    {
        try
        {
            string[] arguments = [.. StackObject.Kubectl(_live, "patch").Split(' ')[1..], "--type", "json", "--patch", Patch(), "--dry-run=server", "--output", "json"];
            var without = JsonNodes.Parsed(await kubectl(arguments, null), "kubectl patch --dry-run=server");
            _found.RemoveAll(part => !part.Field.Path.EndsWith(']') && JsonNode.DeepEquals(PropertyPath.Find(without, part.Field.Path), part.Field.Found));
        }
        catch (UserException)
        {
            // Not allowed to patch, or there is no such object without it: all of it is told.
        }
    }

    // Not of what somebody changes meanwhile: every write gives an object another version. The last items of a list go first, or the others would move.
    private string Patch()
    {
        var steps = _found.Select(part => PropertyPath.Pointer(part.Field.Path)).Reverse().Select(path => new JsonObject { ["op"] = "remove", ["path"] = path })
            .Prepend(new JsonObject { ["op"] = "test", ["path"] = "/metadata/resourceVersion", ["value"] = _live.Text("metadata.resourceVersion") });
        return new JsonArray([.. steps]).ToJsonString(DriftReport.Plain);
    }

    private void Members(JsonObject declared, JsonObject live, string path, List<FieldOwner> owners)
    {
        foreach (var (name, value) in live.Where(member => !Notes.Contains(member.Key)))
        {
            Look(declared[name], value, PropertyPath.Member(path, name), At(owners, name));
        }
    }

    private void Look(JsonNode? declared, JsonNode? live, string path, List<FieldOwner> owners)
    {
        switch (declared, live)
        {
            case (JsonObject known, JsonObject found):
                Members(known, found, path, owners);
                break;
            case (JsonArray known, JsonArray found):
                Items(known, found, path, owners);
                break;
            case (null, JsonObject found) when owners.Count > 0 && owners.TrueForAll(owner => owner.Fields.Count > 0):
                // Several may have written parts of it.
                Members([], found, path, owners);
                break;
            case (null, not (null or JsonObject { Count: 0 } or JsonArray { Count: 0 })):
                Add(live, path, owners);
                break;
        }
    }

    private void Items(JsonArray declared, JsonArray live, string path, List<FieldOwner> owners)
    {
        var names = owners.SelectMany(owner => owner.Fields).Select(field => field.Key).Where(name => name.StartsWith("k:", StringComparison.Ordinal) || name.StartsWith("v:", StringComparison.Ordinal)).ToList();
        foreach (var (index, item) in live.Index())
        {
            var named = names.Where(name => FieldOwner.Names(name, item)).ToList();
            var twin = names.Count == 0 ? declared.ElementAtOrDefault(index) : declared.FirstOrDefault(known => named.Exists(name => FieldOwner.Names(name, known, isPartial: true)));
            List<FieldOwner> here = [.. owners.Select(owner => owner.Item(item)).OfType<FieldOwner>()];
            if (twin is null && item is not null)
            {
                // An empty one says something too: a rule without conditions lets everybody in.
                Add(item, $"{path}[{index}]", here);
            }
            else
            {
                Look(twin, item, $"{path}[{index}]", here);
            }
        }
    }

    private void Add(JsonNode live, string path, List<FieldOwner> owners)
    {
        if (owners.Exists(owner => !owner.Editor.IsProvider) || (owners.Count == 0 && !HasDefaults))
        {
            _found.Add((new(path, "add", null, live), owners.Select(owner => owner.Editor).Where(editor => !editor.IsProvider)));
        }
    }

    private static List<FieldOwner> At(IEnumerable<FieldOwner> owners, string name) => [.. owners.Select(owner => owner.Member(name)).OfType<FieldOwner>()];
}
