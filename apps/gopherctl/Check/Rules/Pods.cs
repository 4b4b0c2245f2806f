using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>The pods that a manifest asks for.</summary>
/// <param name="Manifest">The manifest.</param>
/// <param name="Template">The pods' metadata and spec.</param>
internal sealed record Pods(RenderedManifest Manifest, JsonNode Template)
{
    private static readonly Dictionary<string, Func<JsonObject, JsonNode?>> Templates = new()
    {
        ["Pod"] = body => body,
        ["Deployment"] = body => body.At("spec.template"),
        ["ReplicaSet"] = body => body.At("spec.template"),
        ["StatefulSet"] = body => body.At("spec.template"),
        ["DaemonSet"] = body => body.At("spec.template"),
        ["Job"] = body => body.At("spec.template"),
        ["CronJob"] = body => body.At("spec.jobTemplate.spec.template"),
    };

    /// <summary>The manifest, as messages name it.</summary>
    public string Workload => Manifest.Manifest.DisplayName;

    /// <summary>The pods' spec.</summary>
    public JsonNode? Spec => Template.At("spec");

    /// <summary>Every container, those that run first included.</summary>
    public IEnumerable<Container> Containers =>
        Spec.Items("initContainers").Concat(Spec.Items("containers")).Select(body => new Container(this, body));

    /// <summary>All that a rendering's manifests ask for; what charts make is only known to Helm.</summary>
    public static IEnumerable<Pods> In(RenderedStack stack) =>
        from manifest in stack.Manifests
        where Templates.ContainsKey(manifest.Manifest.Kind)
        let template = Templates[manifest.Manifest.Kind](manifest.Body)
        where template is not null
        select new Pods(manifest, template);

    /// <summary>Whether the pods have all of these labels.</summary>
    public bool Have(IEnumerable<KeyValuePair<string, JsonNode?>> labels) =>
        Template.At("metadata.labels") is JsonObject own && labels.All(label => JsonNode.DeepEquals(own[label.Key], label.Value));
}

/// <summary>A container.</summary>
/// <param name="Pods">The pods that it is in.</param>
/// <param name="Body">Its declaration.</param>
internal sealed record Container(Pods Pods, JsonNode Body)
{
    /// <summary>A field of the security context: the container's own or, without one, the pods'.</summary>
    public JsonNode? Security(string path) => Body.At($"securityContext.{path}") ?? Pods.Spec.At($"securityContext.{path}");

    /// <summary>A violation of a rule.</summary>
    public Violation Violation(string problem, string remedy) => new(Pods.Workload, $"container {Body.Text("name")}: {problem}", remedy);
}
