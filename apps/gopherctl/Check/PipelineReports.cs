using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using GopherMesh.Gopherctl.Check.Rules;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Check;

/// <summary>A report as SARIF 2.1.0 (OASIS), which GitHub and others show beside the lines of code. An accepted finding is a suppressed result.</summary>
internal static class ReportSarif
{
    private const string Schema = "https://raw.githubusercontent.com/schemastore/schemastore/master/src/schemas/json/sarif-2.1.0-rtm.5.json";

    // Files are named from the repository's root, which whoever reads the report knows.
    private const string Root = "%SRCROOT%";

    private static string Version =>
        typeof(ReportSarif).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    /// <summary>Writes one document.</summary>
    public static void Write(CheckReport report, TextWriter output)
    {
        var rules = CheckReport.Rules;
        var run = new JsonObject
        {
            ["tool"] = new JsonObject
            {
                ["driver"] = new JsonObject
                {
                    ["name"] = "gopherctl check",
                    ["version"] = Version,
                    ["rules"] = new JsonArray([.. rules.Select(Rule)]),
                },
            },
            ["automationDetails"] = new JsonObject { ["id"] = $"gopherctl-check/{report.Stack}/" },
            ["results"] = new JsonArray([
                .. report.Findings.Select(finding => Result(rules, finding)),
                .. report.Excepted.Select(excepted => Suppressed(Result(rules, excepted.Finding), excepted.Reason))]),
            ["columnKind"] = "utf16CodeUnits",
        };
        var log = new JsonObject { ["$schema"] = Schema, ["version"] = "2.1.0", ["runs"] = new JsonArray(run) };
        output.WriteLine(log.ToJsonString(OutputJson.Document));
    }

    private static JsonObject Rule(PolicyRule rule) => new()
    {
        ["id"] = rule.Id,
        ["shortDescription"] = Message(rule.Summary),
        ["help"] = Message(rule.Others.Length > 0 ? $"{rule.Summary} The same is checked by {rule.Others}." : rule.Summary),
        ["defaultConfiguration"] = new JsonObject { ["level"] = Level(rule) },
    };

    private static JsonObject Result(IReadOnlyList<PolicyRule> rules, Finding finding)
    {
        var (resource, problem, remedy) = finding.Violation;
        var location = new JsonObject
        {
            ["logicalLocations"] = new JsonArray(new JsonObject { ["fullyQualifiedName"] = resource, ["kind"] = "resource" }),
        };
        if (finding.Place is { } place)
        {
            location["physicalLocation"] = new JsonObject
            {
                ["artifactLocation"] = new JsonObject { ["uri"] = Uri.EscapeDataString(place.File).Replace("%2F", "/", StringComparison.Ordinal), ["uriBaseId"] = Root },
                ["region"] = new JsonObject { ["startLine"] = place.Line },
            };
        }

        return new()
        {
            ["ruleId"] = finding.Rule.Id,
            ["ruleIndex"] = rules.TakeWhile(rule => rule.Id != finding.Rule.Id).Count(),
            ["level"] = Level(finding.Rule),
            ["message"] = Message($"{resource}: {problem}. {remedy}"),
            ["locations"] = new JsonArray(location),
            // The same finding keeps it when lines above it come and go.
            ["partialFingerprints"] = new JsonObject { ["resource/v1"] = Fingerprint(finding) },
        };
    }

    private static JsonObject Suppressed(JsonObject result, string reason)
    {
        result["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "external", ["status"] = "accepted", ["justification"] = reason });
        return result;
    }

    private static string Fingerprint(Finding finding) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Rule.Id}\n{finding.Violation.Resource}\n{finding.Violation.Problem}")))[..16];

    private static string Level(PolicyRule rule) => rule.Severity == Severity.Error ? "error" : "warning";

    private static JsonObject Message(string text) => new() { ["text"] = text };
}

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
