using System.Globalization;
using System.Text.Json;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Check.Rules;
using GopherMesh.Gopherctl.Cli;
using Spectre.Console;

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
    /// <summary>All rules that a report may name: those about what is declared, then those about the exceptions. Every format counts these.</summary>
    public static IReadOnlyList<PolicyRule> Rules { get; } = [.. Policy.Rules, .. ExceptionRules.All];

    /// <summary>How many findings are errors.</summary>
    public int Errors => Findings.Count(finding => finding.Rule.Severity == Severity.Error);

    /// <summary>How many findings are warnings.</summary>
    public int Warnings => Findings.Count - Errors;

    /// <summary>Checks a rendering on a day, on which an exception may have expired.</summary>
    public static CheckReport Of(RenderedStack stack, IReadOnlyList<PolicyException> exceptions, DateOnly today)
    {
        var places = stack.Places();
        var own = exceptions.Where(exception => stack.Declaration.Stack == PlainManifests.Stack || exception.Stack == stack.Declaration.Stack).ToList();
        var all = Policy.Check(stack)
            .Select(finding => finding with { Place = places.GetValueOrDefault(finding.Violation.Resource) })
            .Select(finding => (Finding: finding, Exception: own.Find(exception => exception.Covers(finding)))).ToList();
        var excepted = all.Where(found => found.Exception?.IsExpired(today) == false).ToList();
        return new CheckReport(
            stack.Declaration.Stack,
            stack.Resources.Count > 0 ? stack.Resources.Count : stack.Manifests.Count,
            [.. own.Where(exception => exception.IsExpired(today)).Select(ExceptionRules.Expired)
                .Concat(all.Except(excepted).Select(found => found.Finding))
                .OrderByDescending(finding => finding.Rule.Severity)],
            [.. excepted.Select(found => (found.Finding, found.Exception!.Reason))],
            [.. own.Where(exception => all.TrueForAll(found => found.Exception != exception))]);
    }

    /// <summary>The same report in which each exception that excuses nothing is an error.</summary>
    public CheckReport WithUnusedAsErrors() => this with { Findings = [.. Unused.Select(ExceptionRules.Unused), .. Findings] };

    /// <summary>The same report in which exceptions of stacks that are not there are errors.</summary>
    public CheckReport WithStrays(IEnumerable<PolicyException> strays) => this with { Findings = [.. strays.Select(ExceptionRules.Stray), .. Findings] };
}

/// <summary>What is demanded of the exceptions themselves. Nothing of it can be excepted.</summary>
internal static class ExceptionRules
{
    private static readonly PolicyRule ExpiredRule = new(
        "expired-exception", Severity.Error, "No exception is past its last day.", _ => []);

    private static readonly PolicyRule UnusedRule = new(
        "unused-exception", Severity.Error, "Every exception is of a stack that is there, and those of the stack excuse a finding.", _ => []);

    /// <summary>Both rules, in the order of reports.</summary>
    public static IReadOnlyList<PolicyRule> All { get; } = [ExpiredRule, UnusedRule];

    /// <summary>An exception that no longer excuses.</summary>
    public static Finding Expired(PolicyException exception) => Of(
        ExpiredRule,
        exception,
        string.Create(CultureInfo.InvariantCulture, $"it expired after {exception.Expires:yyyy-MM-dd}"),
        "Correct the finding or, if the reason still holds, give the exception a later day.");

    /// <summary>An exception that excuses nothing.</summary>
    public static Finding Unused(PolicyException exception) => Of(UnusedRule, exception, "it excuses no finding", "Remove it from the file.");

    /// <summary>An exception of a stack that is not there, which can excuse nothing anywhere.</summary>
    public static Finding Stray(PolicyException exception) => Of(
        UnusedRule, exception, $"there is no stack {exception.Stack}: it has no Pulumi.{exception.Stack}.yaml", "Correct the stack's name, or remove the exception from the file.");

    private static Finding Of(PolicyRule rule, PolicyException exception, string problem, string remedy) =>
        new(rule, new($"exception from {exception.Rule} for {exception.Resource}", problem, remedy)) { Place = exception.Place };
}

/// <summary>A report for people: plain lines, coloured on a terminal.</summary>
internal static class ReportText
{
    /// <summary>Writes each finding, each exception with its reason, and the sums.</summary>
    public static void Write(CheckReport report, Terminal terminal)
    {
        foreach (var finding in report.Findings)
        {
            var (word, style) = finding.Rule.Severity == Severity.Error ? ("error", "red") : ("warning", "yellow");
            Line(terminal, $"[{style}]{word}[/] [bold]{finding.Rule.Id}[/]: {Shown(finding.Violation.Resource)}");
            Line(terminal, $"  {Shown(finding.Violation.Problem)}");
            Line(terminal, $"  to do: {Shown(finding.Violation.Remedy)}{Where(finding)}\n");
        }

        foreach (var (finding, reason) in report.Excepted)
        {
            Line(terminal, $"[grey]excepted[/] [bold]{finding.Rule.Id}[/]: {Shown(finding.Violation.Resource)}");
            Line(terminal, $"  {Shown(finding.Violation.Problem)}");
            Line(terminal, $"  reason: {Shown(reason)}{Where(finding)}\n");
        }

        Line(terminal,
            $"stack {Shown(report.Stack)}: {report.Resources} resources checked against {CheckReport.Rules.Count} rules: "
            + $"{Count(report.Errors, "error")}, {Count(report.Warnings, "warning")}, {report.Excepted.Count} excepted");
    }

    private static string Where(Finding finding) => finding.Place is { } place ? $"\n  where: {Shown(place.ToString())}" : "";

    private static string Shown(string text) => Markup.Escape(Printable.Line(text));

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    // Whole lines, however narrow the terminal: it wraps them itself, and they stay whole when copied.
    private static void Line(Terminal terminal, string markup)
    {
        var console = terminal.Output;
        if (console.Profile.Out.IsTerminal)
        {
            console.Write(new Markup(markup + "\n") { Overflow = Overflow.Fold });
        }
        else
        {
            console.Profile.Out.Writer.WriteLine(Markup.Remove(markup));
        }
    }
}

/// <summary>A report for machines: a line of JSON for each finding and each exception, and one at the end that sums up.</summary>
internal static class ReportJson
{
    /// <summary>Writes the lines.</summary>
    public static void Write(CheckReport report, TextWriter output)
    {
        foreach (var finding in report.Findings)
        {
            Line(output, Of(finding, SeverityOf(finding), finding.Violation.Remedy, reason: null));
        }

        foreach (var (finding, reason) in report.Excepted)
        {
            Line(output, Of(finding, "excepted", finding.Violation.Remedy, reason));
        }

        Line(output, new
        {
            stack = report.Stack,
            resources = report.Resources,
            rules = CheckReport.Rules.Count,
            errors = report.Errors,
            warnings = report.Warnings,
            excepted = report.Excepted.Count,
        });
    }

    private static object Of(Finding finding, string severity, string remedy, string? reason) => new
    {
        severity,
        rule = finding.Rule.Id,
        resource = finding.Violation.Resource,
        problem = finding.Violation.Problem,
        remedy,
        file = finding.Place?.File,
        line = finding.Place?.Line,
        reason,
    };

    private static string SeverityOf(Finding finding) => finding.Rule.Severity == Severity.Error ? "error" : "warning";

    private static void Line<T>(TextWriter output, T line) => output.WriteLine(JsonSerializer.Serialize(line, OutputJson.Line));
}
