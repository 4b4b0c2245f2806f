using System.IO.Enumeration;
using GopherMesh.Gopherctl.Check.Rules;

namespace GopherMesh.Gopherctl.Check;

/// <summary>A finding that is meant, and says so.</summary>
/// <param name="Stack">The stack in which it is.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Resource">The resource, as the finding names it; a * in it stands for anything.</param>
/// <param name="Reason">Why it stays.</param>
internal sealed record PolicyException(string Stack, string Rule, string Resource, string Reason)
{
    /// <summary>Whether it is about a finding of its stack.</summary>
    public bool Covers(Finding finding) => finding.Rule.Id == Rule
        && FileSystemName.MatchesSimpleExpression(Resource, finding.Violation.Resource, ignoreCase: false);
}
