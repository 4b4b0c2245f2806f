using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Drift;

/// <summary>An object of the stack, as its state has it.</summary>
/// <param name="Urn">The URN of the resource.</param>
/// <param name="Type">Its type token.</param>
/// <param name="Inputs">What the program declared of it when it was deployed.</param>
/// <param name="Namespace">Where it is; null for the cluster.</param>
internal sealed record StackObject(string Urn, string Type, JsonNode Inputs, string? Namespace)
{
    /// <summary>Which object it is, whatever version of its group: <c>networking.istio.io/VirtualService gophers/a</c>.</summary>
    public string Key => KeyOf(Inputs, Namespace);

    /// <summary>The objects that a digest of a refresh has, but those that are gone; releases of charts are none.</summary>
    public static IReadOnlyList<StackObject> Of(JsonNode digest) =>
    [
        .. from step in digest.Objects("steps")
           let state = step.At("oldState")
           let inputs = state.At("inputs")
           where step.Text("op") != "delete" && state.Flag("external") != true && inputs.Text("kind") is not null && inputs.Text("apiVersion") is not null && inputs.Text("metadata.name") is not null
           select new StackObject(step.Text("urn") ?? "", state.Text("type") ?? "", inputs, inputs.Text("metadata.namespace")),
    ];

    /// <summary>The objects by name alone, as a list that kubectl reads.</summary>
    public static string ListOf(IEnumerable<StackObject> objects) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray([.. objects.Select(item => new JsonObject
        {
            ["apiVersion"] = item.Inputs.Text("apiVersion"),
            ["kind"] = item.Inputs.Text("kind"),
            ["metadata"] = item.Namespace is null ? new JsonObject { ["name"] = item.Inputs.Text("metadata.name") } : new JsonObject { ["name"] = item.Inputs.Text("metadata.name"), ["namespace"] = item.Namespace },
        })]),
    }.ToJsonString();

    /// <summary>The key of an object.</summary>
    public static string KeyOf(JsonNode? body, string? space) => $"{GroupOf(body)}/{body.Text("kind")} {space}/{body.Text("metadata.name")}";

    /// <summary>The group of an object's kind; empty for the core.</summary>
    public static string GroupOf(JsonNode? body) => body.Text("apiVersion")?.Split('/') is [var group, _] ? group : "";

    /// <summary>An object as people name it.</summary>
    public static string NameOf(JsonNode? body) => body.Text("metadata.namespace") is { } space ? $"{body.Text("kind")} {space}/{body.Text("metadata.name")}" : $"{body.Text("kind")} {body.Text("metadata.name")}";

    /// <summary>The beginning of a line of kubectl about an object, and how it is named there.</summary>
    public static string Kubectl(JsonNode? body, string verb)
    {
        var group = GroupOf(body) is { Length: > 0 } named ? $".{named}" : "";
        var space = body.Text("metadata.namespace") is { } found ? $"--namespace {found} " : "";
        return $"kubectl {space}{verb} {body.Text("kind")?.ToLowerInvariant()}{group} {body.Text("metadata.name")}";
    }
}

/// <summary>An object that the stack does not have and that acts on its mesh: in a namespace of the stack, or elsewhere for a host of it.</summary>
/// <param name="Name">The object.</param>
/// <param name="Editor">Who made it, and when it was made; null where it does not say.</param>
/// <param name="Host">The host of the stack that it speaks for from another namespace; null where it is in one of the stack's.</param>
/// <param name="Delete">The line that deletes it.</param>
internal sealed record ForeignObject(string Name, FieldEditor? Editor, string? Host, string Delete)
{
    /// <summary>What kubectl lists: all of Istio's kinds, by the category that its definitions have, and policies of the network.</summary>
    public const string Kinds = "istio-io,networkpolicies.networking.k8s.io";

    /// <summary>Who made what, and since when.</summary>
    public string Sentence => $"{Name} was made {Editor?.ToString() ?? "by someone else (it does not say who)"}: the stack does not have it{(Host is null ? "" : $", and it speaks for {Host}")}";

    /// <summary>Those of others among what is listed. What another object owns is its controller's, and what a chart of the stack has made is the stack's.</summary>
    /// <param name="listed">Objects of <see cref="Kinds"/>.</param>
    /// <param name="objects">Those of the stack.</param>
    /// <param name="digest">A refresh of the stack, which has its charts.</param>
    public static IEnumerable<ForeignObject> Among(IEnumerable<JsonObject> listed, IReadOnlyList<StackObject> objects, JsonNode digest)
    {
        var own = objects.Select(item => item.Key).ToHashSet();
        var spaces = objects.Where(item => item.Inputs.Text("kind") == "Namespace").Select(item => item.Inputs.Text("metadata.name"))
            .Concat(objects.Where(IsOfMesh).Select(item => item.Namespace)).OfType<string>().ToHashSet();
        var hosts = objects.Where(item => item.Inputs.Text("kind") == "Service").Select(item => $"{item.Inputs.Text("metadata.name")}.{item.Namespace}.svc.cluster.local").ToList();
        var charts = digest.Objects("steps").Select(step => step.At("oldState.inputs")).Where(inputs => inputs.Text("chart") is not null).Select(inputs => (inputs.Text("namespace"), inputs.Text("name"))).ToHashSet();
        return
            from body in listed
            let space = body.Text("metadata.namespace")
            where space is not null && !own.Contains(StackObject.KeyOf(body, space)) && !body.Items("metadata.ownerReferences").Any() && !charts.Contains(ChartOf(body))
            let host = spaces.Contains(space) ? null : hosts.Find(host => SpeaksFor(body, space, host, spaces))
            where host is not null || spaces.Contains(space)
            select new ForeignObject(StackObject.NameOf(body), MakerOf(body), host, StackObject.Kubectl(body, "delete"));
    }

    private static bool IsOfMesh(StackObject item) => StackObject.GroupOf(item.Inputs).EndsWith(".istio.io", StringComparison.Ordinal);

    private static (string? Namespace, string? Name) ChartOf(JsonObject body) =>
        (body["metadata"].At("annotations")?["meta.helm.sh/release-namespace"].AsText(), body["metadata"].At("annotations")?["meta.helm.sh/release-name"].AsText());

    // Other kinds act on their own namespace, or on its callers; those of the root namespace are in one of the stack's.
    private static bool SpeaksFor(JsonObject body, string space, string host, HashSet<string> spaces) =>
        body.Text("kind") is "VirtualService" or "ServiceEntry"
        && (!body.Texts("spec.exportTo").Any() || body.Texts("spec.exportTo").Any(to => to == "*" || spaces.Contains(to)))
        && body.Texts("spec.hosts").Any(named => (named.Contains('.', StringComparison.Ordinal) ? named : $"{named}.{space}.svc.cluster.local") switch
        {
            ['*', .. var end] => end.Length > 0 && host.EndsWith(end, StringComparison.Ordinal),
            var full => full == host,
        });

    // The first that wrote it; who wrote its status did not make it.
    private static FieldEditor? MakerOf(JsonObject body) =>
        body.Objects("metadata.managedFields").Where(entry => entry["subresource"] is null).Select(FieldEditor.Of).OfType<FieldEditor>().OrderBy(editor => editor.Since).FirstOrDefault() is { } maker
            ? maker with { Since = FieldEditor.At(body.Text("metadata.creationTimestamp")) ?? maker.Since } : null;
}
