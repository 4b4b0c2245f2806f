using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A subset has pods: those of its host's Service that have the subset's labels. One without answers 503 (Istio's analysis IST0173).
/// </summary>
internal static class EmptySubset
{
    public static PolicyRule Rule { get; } = new(
        "empty-subset", Severity.Error, "A subset's labels select pods that are declared.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var services = stack.OfKind("Service").ToLookup(service => MeshHost.Qualify(service.Manifest.Name, service.Manifest.Namespace));
        var pods = Pods.In(stack).ToList();
        // Of a host that is no declared Service, others know the pods.
        return from subset in Subset.In(stack)
               from service in services[subset.Host].Take(1)
               where !pods.Exists(candidate => candidate.Manifest.Manifest.Namespace == service.Manifest.Namespace
                   && candidate.Have(Selector(service)) && candidate.Have(subset.Labels))
               select new Violation(
                   subset.Rule.Manifest.DisplayName,
                   $"the subset {subset.Name} selects no declared pod of {subset.Host}: {subset.Labels.ToJsonString()}",
                   "Give it the labels of the version's pods, or take it away.");
    }

    private static JsonObject Selector(RenderedManifest service) => service.Body.At("spec.selector") as JsonObject ?? [];
}
