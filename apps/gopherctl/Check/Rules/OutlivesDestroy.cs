using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Nothing that costs money stays after `pulumi destroy`. A setting that makes the destroy stop with an error, such as EKS's deletion
/// protection, is no finding: the error tells.
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

/// <summary>A setting that leaves something behind after a destroy.</summary>
/// <typeparam name="T">Where the setting is: a resource, a manifest or a release.</typeparam>
/// <param name="IsThere">Whether it is there.</param>
/// <param name="Problem">What stays.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Leftover<T>(Func<T, bool> IsThere, string Problem, string Remedy)
{
    /// <summary>The violations of one thing.</summary>
    public static IEnumerable<Violation> Of(IEnumerable<Leftover<T>> leftovers, T thing, string name) =>
        leftovers.Where(leftover => leftover.IsThere(thing)).Select(leftover => new Violation(name, leftover.Problem, leftover.Remedy));
}
