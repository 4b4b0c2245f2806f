namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A way to leave something behind.</summary>
/// <typeparam name="T">What it is seen in: a resource, a manifest or a release.</typeparam>
/// <param name="IsThere">Whether it is there.</param>
/// <param name="Problem">What stays.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Leftover<T>(Func<T, bool> IsThere, string Problem, string Remedy)
{
    /// <summary>The violations of one thing.</summary>
    public static IEnumerable<Violation> Of(IEnumerable<Leftover<T>> leftovers, T thing, string name) =>
        leftovers.Where(leftover => leftover.IsThere(thing)).Select(leftover => new Violation(name, leftover.Problem, leftover.Remedy));
}
