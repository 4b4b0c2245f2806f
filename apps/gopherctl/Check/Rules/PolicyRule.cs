using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>One rule: a pure function of what is rendered.</summary>
/// <param name="Id">Its name in reports and exceptions.</param>
/// <param name="Severity">How serious its findings are.</param>
/// <param name="Summary">What it demands, in a line.</param>
/// <param name="Violations">Every place that breaks it; none where the stack has nothing that it is about.</param>
internal sealed record PolicyRule(string Id, Severity Severity, string Summary, Func<RenderedStack, IEnumerable<Violation>> Violations)
{
    /// <summary>The same checks of others by their codes, with the name of each tool before its own; empty for none.</summary>
    public string Others { get; init; } = "";
}

/// <summary>One place where a rule is broken.</summary>
/// <param name="Resource">The resource, as <see cref="RenderedStack.NameOf"/> names it.</param>
/// <param name="Problem">What is wrong, with the field and the value found.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Violation(string Resource, string Problem, string Remedy);

/// <summary>A violation in a report.</summary>
internal sealed record Finding(PolicyRule Rule, Violation Violation)
{
    /// <summary>The line to change; null where none is known.</summary>
    public SourceLine? Place { get; init; }
}

/// <summary>How serious a finding is.</summary>
internal enum Severity
{
    /// <summary>For information; the check ends with 0.</summary>
    Warning,

    /// <summary>To be corrected, or excepted with a reason; the check ends with 1.</summary>
    Error,
}
