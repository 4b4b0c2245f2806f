using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>One rule: a pure function of what is rendered.</summary>
/// <param name="Id">Its name in reports and exceptions.</param>
/// <param name="Severity">How much what it finds matters.</param>
/// <param name="Summary">What it asks for, in a line.</param>
/// <param name="Violations">All that breaks it; nothing where there is nothing that it speaks of.</param>
internal sealed record PolicyRule(string Id, Severity Severity, string Summary, Func<RenderedStack, IEnumerable<Violation>> Violations);

/// <summary>One place where a rule is broken.</summary>
/// <param name="Resource">The resource, as <see cref="RenderedStack.NameOf"/> names it.</param>
/// <param name="Problem">What is wrong, with the field and the value found.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Violation(string Resource, string Problem, string Remedy);

/// <summary>A violation in a report.</summary>
internal sealed record Finding(PolicyRule Rule, Violation Violation);
