using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Nothing stays on the bill after `pulumi destroy`. What makes the destroy stop with an error, as EKS's deletion protection does, is
/// seen by whoever destroys, and no finding.
/// </summary>
internal static class OutlivesDestroy
{
    public static PolicyRule Rule { get; } = new(
        "outlives-destroy", Severity.Error, "Nothing that is declared stays after a destroy.",
        stack => OfResources(stack).Concat(ObjectLeftovers.In(stack)));

    private static IEnumerable<Violation> OfResources(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead
        from violation in Leftover<DeclaredResource>.Of(ResourceLeftovers.All, resource, RenderedStack.NameOf(resource))
        select violation;
}
