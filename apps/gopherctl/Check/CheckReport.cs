using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules;

namespace GopherMesh.Gopherctl.Check;

/// <summary>The result of a check.</summary>
/// <param name="Stack">The stack that was rendered.</param>
/// <param name="Resources">How many resources it declares.</param>
/// <param name="Findings">What breaks a rule, errors first.</param>
/// <param name="Excepted">Findings that are accepted, each with the reason.</param>
/// <param name="Unused">Exceptions of this stack that match no finding.</param>
internal sealed record CheckReport(
    string Stack,
    int Resources,
    IReadOnlyList<Finding> Findings,
    IReadOnlyList<(Finding Finding, string Reason)> Excepted,
    IReadOnlyList<PolicyException> Unused)
{
    /// <summary>How many findings are errors.</summary>
    public int Errors => Findings.Count(finding => finding.Rule.Severity == Severity.Error);

    /// <summary>How many findings are warnings.</summary>
    public int Warnings => Findings.Count - Errors;

    /// <summary>Checks a rendering.</summary>
    public static CheckReport Of(RenderedStack stack, IReadOnlyList<PolicyException> exceptions)
    {
        var own = exceptions.Where(exception => exception.Stack == stack.Declaration.Stack).ToList();
        var all = Policy.Check(stack)
            .Select(finding => (Finding: finding, Exception: own.Find(exception => exception.Covers(finding)))).ToList();
        return new CheckReport(
            stack.Declaration.Stack,
            stack.Resources.Count > 0 ? stack.Resources.Count : stack.Manifests.Count,
            [.. all.Where(found => found.Exception is null).Select(found => found.Finding)
                .OrderByDescending(finding => finding.Rule.Severity)],
            [.. all.Where(found => found.Exception is not null).Select(found => (found.Finding, found.Exception!.Reason))],
            [.. own.Where(exception => all.TrueForAll(found => found.Exception != exception))]);
    }
}
