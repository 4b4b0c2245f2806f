using GopherMesh.Gopherctl.Check.Rules;
using GopherMesh.Gopherctl.Cli;
using Spectre.Console;

namespace GopherMesh.Gopherctl.Check;

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
            $"stack {Shown(report.Stack)}: {report.Resources} resources checked against {Policy.Rules.Count} rules: "
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
