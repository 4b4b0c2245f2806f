using System.Text.Encodings.Web;
using System.Text.Json;
using GopherMesh.Gopherctl.Check.Rules;

namespace GopherMesh.Gopherctl.Check;

/// <summary>A report for machines: a line of JSON for each finding and each exception, and one at the end that sums up.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
            rules = Policy.Rules.Count,
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

    private static void Line<T>(TextWriter output, T line) => output.WriteLine(JsonSerializer.Serialize(line, Json));
}
