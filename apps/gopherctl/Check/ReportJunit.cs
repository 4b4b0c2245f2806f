using System.Globalization;
using System.Xml.Linq;
using GopherMesh.Gopherctl.Check.Rules;

namespace GopherMesh.Gopherctl.Check;

/// <summary>
/// A report as JUnit's XML, which CI servers show as tests: a suite for each rule, and in it a case for each finding, or one that passed. A warning
/// is a failure there as well, since the format has no other word; the exit status tells them apart.
/// </summary>
internal static class ReportJunit
{
    /// <summary>Writes one document.</summary>
    public static void Write(CheckReport report, TextWriter output)
    {
        XElement[] suites = [.. CheckReport.Rules.Select(rule => Suite(report, rule))];
        var document = new XElement("testsuites", new XAttribute("name", $"gopherctl check {report.Stack}"), Sum(suites, "tests"), Sum(suites, "failures"), Sum(suites, "skipped"), suites);
        output.WriteLine(new XDeclaration("1.0", "utf-8", null));
        output.WriteLine(document);
    }

    private static XElement Suite(CheckReport report, PolicyRule rule)
    {
        XElement[] failures = [.. report.Findings.Where(finding => finding.Rule.Id == rule.Id).Select(finding => Case(finding, Failure(finding)))];
        XElement[] skipped = [.. report.Excepted.Where(excepted => excepted.Finding.Rule.Id == rule.Id)
            .Select(excepted => Case(excepted.Finding, new XElement("skipped", new XAttribute("message", Fit(excepted.Reason)))))];
        XElement[] passed = failures.Length + skipped.Length > 0
            ? []
            : [new("testcase", new XAttribute("classname", rule.Id), new XAttribute("name", rule.Summary))];
        return new(
            "testsuite",
            new XAttribute("name", rule.Id),
            Number("tests", failures.Length + skipped.Length + passed.Length),
            Number("failures", failures.Length),
            Number("errors", 0),
            Number("skipped", skipped.Length),
            failures,
            skipped,
            passed);
    }

    private static XElement Case(Finding finding, XElement outcome)
    {
        var test = new XElement(
            "testcase", new XAttribute("classname", finding.Rule.Id), new XAttribute("name", Fit($"{finding.Violation.Resource}: {finding.Violation.Problem}")));
        if (finding.Place is { } place)
        {
            test.Add(new XAttribute("file", Fit(place.File)), Number("line", place.Line));
        }

        test.Add(outcome);
        return test;
    }

    private static XElement Failure(Finding finding) => new(
        "failure",
        new XAttribute("type", finding.Rule.Severity == Severity.Error ? "error" : "warning"),
        new XAttribute("message", Fit(finding.Violation.Problem)),
        Fit($"{finding.Place}\nto do: {finding.Violation.Remedy}".TrimStart('\n')));

    private static XAttribute Sum(XElement[] suites, string name) => Number(name, suites.Sum(suite => (int)suite.Attribute(name)!));

    private static XAttribute Number(string name, int value) => new(name, value.ToString(CultureInfo.InvariantCulture));

    // What XML cannot hold, a terminal would obey: both are shown as escapes.
    private static string Fit(string text) => Cli.Printable.Lines(text).Replace('\ufffe', '?').Replace('\uffff', '?');
}
