using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A route to a subset that no DestinationRule has is answered with 503 by the caller's proxy.</summary>
internal static class UnknownSubset
{
    public static PolicyRule Rule { get; } = new("unknown-subset", Severity.Error, "A route names only subsets that exist.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var known = Subset.In(stack).Select(subset => (subset.Host, subset.Name)).ToHashSet();
        return from service in stack.OfKind("VirtualService")
               from found in service.Body.Walk()
               let host = found.Node.Text("host")
               let subset = found.Node.Text("subset")
               where IsDestination(found.Path) && host is not null && subset is not null
                   && !known.Contains((MeshHost.Qualify(host, service.Manifest.Namespace), subset))
               select new Violation(
                   service.Manifest.DisplayName,
                   $"{found.Path} names the subset {subset} of {host}, which no DestinationRule has",
                   "Declare the subset first, or name one that is there.");
    }

    private static bool IsDestination(string path) =>
        path.EndsWith(".destination", StringComparison.Ordinal) || path.EndsWith(".mirror", StringComparison.Ordinal);
}
