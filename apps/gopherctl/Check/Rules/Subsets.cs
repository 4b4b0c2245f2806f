using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A subset that a DestinationRule declares.</summary>
/// <param name="Rule">The DestinationRule.</param>
/// <param name="Host">Its host in full.</param>
/// <param name="Name">The subset's name.</param>
/// <param name="Labels">The labels of its pods.</param>
internal sealed record Subset(RenderedManifest Rule, string Host, string Name, JsonObject Labels)
{
    /// <summary>Every subset; Istio merges the DestinationRules of a host.</summary>
    public static IEnumerable<Subset> In(RenderedStack stack) =>
        from rule in stack.OfKind("DestinationRule")
        from subset in rule.Body.Items("spec.subsets")
        select new Subset(
            rule,
            MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space),
            subset.Text("name") ?? "",
            subset.At("labels") as JsonObject ?? []);
}

/// <summary>A route to a subset that no DestinationRule has is answered with 503 by the caller's proxy.</summary>
internal static class UnknownSubset
{
    public static PolicyRule Rule { get; } = new("unknown-subset", Severity.Error, "A route names only subsets that exist.", Violations)
    {
        Others = "istioctl IST0101 (subsets)",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var known = Subset.In(stack).ToList();
        return from service in stack.OfKind("VirtualService")
               from found in service.Body.Walk()
               let host = found.Node.Text("host")
               let subset = found.Node.Text("subset")
               where IsDestination(found.Path) && host is not null && subset is not null
               let full = MeshHost.Qualify(host, service.Space)
               let others = known.Where(candidate => candidate.Name == subset && MeshHost.Covers(candidate.Host, full)).ToList()
               where !others.Exists(candidate => IsSeen(candidate, full, service.Space))
               select new Violation(
                   service.Manifest.DisplayName,
                   $"{found.Path} names the subset {subset} of {host}, which {Missing(others)}",
                   "Declare the subset first, or name one that is there.");
    }

    /// <summary>Callers see the rules of their own namespace, of the Service's and of Istio's root (push_context.go, destinationRule).</summary>
    private static bool IsSeen(Subset subset, string host, string callers) =>
        MeshHost.SpaceOf(host) is not { } home || subset.Rule.Space == home || subset.Rule.Space == callers || subset.Rule.Space == MeshHost.RootSpace;

    private static string Missing(List<Subset> elsewhere) => elsewhere is [var other, ..]
        ? $"only {other.Rule.Manifest.DisplayName} has, where its callers do not see it"
        : "no DestinationRule has";

    private static bool IsDestination(string path) =>
        path.EndsWith(".destination", StringComparison.Ordinal) || path.EndsWith(".mirror", StringComparison.Ordinal);
}

/// <summary>
/// A subset has pods: those of its host's Service that have the subset's labels. One without answers 503 (Istio's analysis IST0173).
/// </summary>
internal static class EmptySubset
{
    public static PolicyRule Rule { get; } = new(
        "empty-subset", Severity.Error, "A subset's labels select pods that are declared.", Violations)
    {
        Others = "istioctl IST0173",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var services = stack.OfKind("Service").Select(service => (Host: MeshHost.Qualify(service.Manifest.Name, service.Space), Service: service)).ToList();
        var pods = Pods.In(stack).ToList();

        // The pods of a host that is not a declared Service are not known here; for a wildcard, one Service with such pods is enough.
        return from subset in Subset.In(stack)
               let own = services.Where(service => MeshHost.Covers(subset.Host, service.Host)).ToList()
               where own.Count > 0 && !own.Exists(service => pods.Exists(candidate => candidate.Manifest.Space == service.Service.Space
                   && candidate.Have(Selector(service.Service)) && candidate.Have(subset.Labels)))
               select new Violation(
                   subset.Rule.Manifest.DisplayName,
                   $"the subset {subset.Name} selects no declared pod of {subset.Host}: {subset.Labels.ToJsonString()}",
                   "Give it the labels of the version's pods, or remove it.");
    }

    private static JsonObject Selector(RenderedManifest service) => service.Body.At("spec.selector") as JsonObject ?? [];
}
