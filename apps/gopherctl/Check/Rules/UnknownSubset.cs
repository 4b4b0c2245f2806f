using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A route to a subset that no DestinationRule has is answered with 503 by the caller's proxy.</summary>
internal static class UnknownSubset
{
    public static PolicyRule Rule { get; } = new("unknown-subset", Severity.Error, "A route names only subsets that exist.", Violations);

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
