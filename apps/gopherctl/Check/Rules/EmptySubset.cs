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
        var services = stack.OfKind("Service").Select(service => (Host: MeshHost.Qualify(service.Manifest.Name, service.Space), Service: service)).ToList();
        var pods = Pods.In(stack).ToList();

        // Of a host that is no declared Service, others know the pods; of a wildcard, one Service with such pods is enough.
        return from subset in Subset.In(stack)
               let own = services.Where(service => MeshHost.Covers(subset.Host, service.Host)).ToList()
               where own.Count > 0 && !own.Exists(service => pods.Exists(candidate => candidate.Manifest.Space == service.Service.Space
                   && candidate.Have(Selector(service.Service)) && candidate.Have(subset.Labels)))
               select new Violation(
                   subset.Rule.Manifest.DisplayName,
                   $"the subset {subset.Name} selects no declared pod of {subset.Host}: {subset.Labels.ToJsonString()}",
                   "Give it the labels of the version's pods, or take it away.");
    }

    private static JsonObject Selector(RenderedManifest service) => service.Body.At("spec.selector") as JsonObject ?? [];
}
