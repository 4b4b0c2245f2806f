using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A DestinationRule is seen by callers of its own namespace, and by all if it is in that of the Service or in Istio's own
/// (istio pilot/pkg/model/push_context.go, destinationRule). Elsewhere, without callers there, it has no effect.
/// </summary>
internal static class UnseenRule
{
    public static PolicyRule Rule { get; } = new(
        "unseen-rule", Severity.Warning, "A DestinationRule is where the callers of its host see it.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var withPods = Pods.In(stack).Select(pods => pods.Manifest.Space).ToHashSet();
        return from rule in stack.OfKind("DestinationRule")
               let host = MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space)
               let home = MeshHost.SpaceOf(host)
               where home is not null && rule.Space != home && rule.Space != MeshHost.RootSpace && !withPods.Contains(rule.Space)
               select new Violation(
                   rule.Manifest.DisplayName,
                   $"it is for {host}, and in {rule.Space}, where no declared pod calls it: callers of other namespaces do not see it",
                   $"Declare it in {home}.");
    }
}
