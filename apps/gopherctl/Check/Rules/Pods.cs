using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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

    /// <summary>The pods' labels.</summary>
    public JsonObject Labels => Template.At("metadata.labels") as JsonObject ?? [];

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

    /// <summary>The Services that select the pods.</summary>
    public IEnumerable<RenderedManifest> Services(RenderedStack stack) => stack.OfKind("Service").Where(service =>
        service.Space == Manifest.Space && service.Body.At("spec.selector") is JsonObject { Count: > 0 } selector && Have(selector));

    /// <summary>Whether the pods have all of these labels.</summary>
    public bool Have(IEnumerable<KeyValuePair<string, JsonNode?>> labels) =>
        Template.At("metadata.labels") is JsonObject own && LabelSelector.Has(own, labels);

    /// <summary>What an annotation of the pods lists, with a comma between two.</summary>
    public IReadOnlyList<string> Listed(string annotation) =>
        (Template.At("metadata.annotations").Member(annotation).AsText() ?? "").Split(',', StringSplitOptions.TrimEntries);
}

/// <summary>Kubernetes' selectors of labels ("Labels and Selectors").</summary>
internal static class LabelSelector
{
    /// <summary>Whether all of some labels are among these.</summary>
    public static bool Has(JsonObject labels, IEnumerable<KeyValuePair<string, JsonNode?>> wanted) =>
        wanted.All(label => JsonNode.DeepEquals(labels[label.Key], label.Value));

    /// <summary>Whether a selector takes what has these labels; one that is empty, or not there, takes everything.</summary>
    public static bool Takes(JsonNode? selector, JsonObject labels) =>
        Has(labels, selector.At("matchLabels") as JsonObject ?? []) && selector.Items("matchExpressions").All(expression => Matches(expression, labels));

    /// <summary>Whether a selector asks for nothing.</summary>
    public static bool TakesAll(JsonNode? selector) => (selector.At("matchLabels") as JsonObject ?? []).Count == 0 && !selector.Items("matchExpressions").Any();

    private static bool Matches(JsonNode expression, JsonObject labels)
    {
        var value = labels[expression.Text("key") ?? ""].AsText();
        return expression.Text("operator") switch
        {
            "In" => value is not null && expression.Texts("values").Contains(value),
            "NotIn" => value is null || !expression.Texts("values").Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            _ => false,
        };
    }
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

/// <summary>What every object says of itself: its version, its namespace, its labels.</summary>
internal static partial class ObjectMeta
{
    private static readonly string[] ClusterWide =
    [
        "Namespace", "NodeClass", "NodePool", "StorageClass", "PersistentVolume", "PriorityClass", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition", "IngressClass", "GatewayClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
    ];

    public static PolicyRule DefaultNamespace { get; } = new(
        "default-namespace", Severity.Error, "Every object is in a namespace that is declared, and none in default.", stack => InDefault(stack).Concat(InNone(stack)))
    {
        Others = "kube-linter use-namespace; checkov CKV_K8S_21",
    };

    public static PolicyRule StableVersion { get; } = new(
        "stable-version", Severity.Error, "A Kubernetes object has an API version that is not deprecated.", OfVersions)
    {
        Others = "kube-score stable-version; kube-linter no-extensions-v1beta",
    };

    public static PolicyRule Labels { get; } = new(
        "labels", Severity.Error, "Labels are valid for the API server.", OfLabels)
    {
        Others = "kube-score label-values",
    };

    private static IEnumerable<Violation> InDefault(RenderedStack stack) =>
        from manifest in stack.Manifests
        where manifest.Space == "default" && !ClusterWide.Contains(manifest.Manifest.Kind)
        select new Violation(manifest.Manifest.DisplayName, "it is in the namespace default, which no policy is about", "Give it the namespace that it belongs to.");

    // A program that declares all of a stack declares its namespaces; those of a cluster are there.
    private static IEnumerable<Violation> InNone(RenderedStack stack)
    {
        var declared = stack.OfKind("Namespace").Select(space => space.Manifest.Name).ToHashSet();
        return from manifest in stack.Manifests
               where stack.Resources.Count > 0 && declared.Count > 0 && manifest.Manifest.Namespace is { } space && !declared.Contains(space) && !space.StartsWith("kube-", StringComparison.Ordinal) && space != "default"
               select new Violation(manifest.Manifest.DisplayName, $"its namespace {manifest.Space} is not declared", "Declare it, or name one that is.");
    }

    // Kubernetes' own groups have no dot, or end so; other groups have their own promises.
    private static IEnumerable<Violation> OfVersions(RenderedStack stack) =>
        from manifest in stack.Manifests
        let parts = manifest.Manifest.ApiVersion.Split('/')
        where parts.Length == 2 && (!parts[0].Contains('.', StringComparison.Ordinal) || parts[0].EndsWith(".k8s.io", StringComparison.Ordinal))
            && (parts[1].Contains("alpha", StringComparison.Ordinal) || parts[1].Contains("beta", StringComparison.Ordinal))
        select new Violation(manifest.Manifest.DisplayName, $"its version {manifest.Manifest.ApiVersion} is deprecated or removed", "Use the stable one.");

    private static IEnumerable<Violation> OfLabels(RenderedStack stack) =>
        from manifest in stack.Manifests
        from path in (string[])["metadata.labels", "spec.template.metadata.labels", "spec.selector.matchLabels"]
        from label in manifest.Body.TextMembers(path)
        where !Value().IsMatch(label.Value) || !Key().IsMatch(label.Key)
        select new Violation(
            manifest.Manifest.DisplayName, $"{path} has {label.Key}: {label.Value}, which the API server refuses",
            "Use up to 63 letters, digits, hyphens, underscores and dots, with a letter or digit at both ends.");

    // Kubernetes, "Labels and Selectors", syntax and character set.
    [GeneratedRegex(@"\A([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?\z")]
    private static partial Regex Value();

    [GeneratedRegex(@"\A([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\z")]
    private static partial Regex Key();
}
