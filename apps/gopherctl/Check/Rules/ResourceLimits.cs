using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What a container gets and what it may take at most. A limit of memory keeps its neighbours alive; one of CPU would only slow it down
/// while the node idles, and is not asked for.
/// </summary>
internal static class ResourceLimits
{
    private static readonly string[] Wanted = ["requests.cpu", "requests.memory", "limits.memory"];

    public static PolicyRule Rule { get; } = new(
        "resource-limits", Severity.Error, "Every container has requests and a limit of memory.",
        stack => OfManifests(stack).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-resources; kube-linter unset-cpu-requirements, unset-memory-requirements; checkov CKV_K8S_10, CKV_K8S_12, CKV_K8S_13",
    };

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let missing = Wanted.Where(path => container.Body.At($"resources.{path}") is null).ToList()
        where missing.Count > 0
        select container.Violation($"resources is without {string.Join(" and ", missing)}", "Set them.");

    // Only what a value says; a chart without values for its resources may well have its own.
    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "resources")
        where (value.Node.At("requests") ?? value.Node.At("limits")) is not null && value.Node.At("limits.memory") is null
        select new Violation(value.Release, $"{value.Path} is without limits.memory", "Set it.");
}
