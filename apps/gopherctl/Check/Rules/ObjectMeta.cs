using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What every object says of itself: its version, its namespace, its labels.</summary>
internal static partial class ObjectMeta
{
    private static readonly string[] ClusterWide =
    [
        "Namespace", "NodeClass", "NodePool", "StorageClass", "PersistentVolume", "PriorityClass", "ClusterRole", "ClusterRoleBinding",
        "CustomResourceDefinition", "IngressClass", "GatewayClass", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
    ];

    public static PolicyRule DefaultNamespace { get; } = new(
        "default-namespace", Severity.Error, "Nothing is in the namespace default.", InDefault)
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
