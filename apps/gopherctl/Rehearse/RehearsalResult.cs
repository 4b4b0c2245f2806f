using GopherMesh.Gopherctl.Rehearse.Verdict;

namespace GopherMesh.Gopherctl.Rehearse;

/// <summary>A rehearsal's outcome.</summary>
/// <param name="Split">What is declared.</param>
/// <param name="Tally">What was observed.</param>
/// <param name="Findings">What is wrong; empty when the verdict is good.</param>
internal sealed record RehearsalResult(DeclaredSplit Split, Tally Tally, IReadOnlyList<string> Findings)
{
    /// <summary>Whether everything is as declared.</summary>
    public bool IsGood => Findings.Count == 0;
}
