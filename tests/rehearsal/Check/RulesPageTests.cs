using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;
using GopherMesh.Tests.Rehearsal.Check.Mutants;
using GopherMesh.Tests.Rehearsal.Cli;
using Xunit.Abstractions;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>docs/checks.md says what the rules say, and what others find. Run with UPDATE_GOLDEN=1, the first test writes its table anew.</summary>
public sealed partial class RulesPageTests(ITestOutputHelper output)
{
    private static readonly string PagePath = Path.Combine(RepositoryRoot.Find(), "docs", "checks.md");

    [Fact]
    public void The_table_of_rules_is_that_of_the_code()
    {
        var page = File.ReadAllText(PagePath);
        var current = Table().Replace(page, match => $"{match.Groups["begin"].Value}\n{Written()}{match.Groups["end"].Value}");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(PagePath, page = current);
        }

        Assert.True(page == current, "docs/checks.md is stale; run this test with UPDATE_GOLDEN=1");
    }

    [Fact]
    public void README_says_how_many_rules_there_are()
    {
        var path = Path.Combine(RepositoryRoot.Find(), "README.md");
        var readme = File.ReadAllText(path);
        var current = Number().Replace(readme, $"[{CheckReport.Rules.Count} rules](docs/checks.md)");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, readme = current);
        }

        Assert.Single(Number().Matches(readme));
        Assert.True(readme == current, "README.md has another number of rules; run this test with UPDATE_GOLDEN=1");
    }

    [Fact]
    public async Task Every_format_counts_the_rules_of_the_page()
    {
        var rows = RuleRow().Count(Table().Match(await File.ReadAllTextAsync(PagePath)).Value);
        var run = async (string format) => (await GopherctlRun.Of("check", "--output", format)).Output;
        var last = JsonDocument.Parse((await run("json")).TrimEnd().Split('\n')[^1]).RootElement;
        var sarif = JsonDocument.Parse(await run("sarif")).RootElement.GetProperty("runs")[0].GetProperty("tool").GetProperty("driver").GetProperty("rules");

        Assert.Contains($" checked against {rows} rules: ", await run("text"), StringComparison.Ordinal);
        Assert.Equal(rows, last.GetProperty("rules").GetInt32());
        Assert.Equal(rows, sarif.GetArrayLength());
        Assert.Equal(rows, XDocument.Parse(await run("junit")).Root!.Elements("testsuite").Count());
    }

    [Fact]
    public void No_two_rules_have_one_name() => Assert.Equal(CheckReport.Rules.Count, CheckReport.Rules.DistinctBy(rule => rule.Id).Count());

    // What kube-score calls critical or a warning has a row, by the name of its check.
    [OtherLinterTheory("kube-score")]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task What_kube_score_finds_in_a_committed_stack_is_explained(string stack)
    {
        using var folder = await RenderAsync(stack);
        var output = await RunAsync("kube-score", ["score", "--output-format", "json", .. Manifests(folder)]);
        // A grade of 10 says that all is well (kube-score, scorecard.GradeAllOK).
        var found = from item in JsonDocument.Parse(output).RootElement.EnumerateArray()
                    from check in item.GetProperty("checks").EnumerateArray()
                    where !check.GetProperty("skipped").GetBoolean() && check.GetProperty("grade").GetInt32() < 10
                    select check.GetProperty("check").GetProperty("id").GetString()!;
        var page = File.ReadAllText(PagePath);
        var explained = page[page.IndexOf("## What others ask", StringComparison.Ordinal)..];

        var ids = found.Distinct().Order().ToList();

        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.Contains(id, explained, StringComparison.Ordinal));
    }

    [OtherLinterTheory("istioctl")]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Istio_itself_finds_nothing_in_a_committed_stack(string stack)
    {
        using var folder = await RenderAsync(stack);

        var output = await RunAsync("istioctl", ["analyze", "--use-kube=false", "--all-namespaces", .. Manifests(folder)]);

        Assert.Contains("No validation issues found", output, StringComparison.Ordinal);
    }

    [OtherLinterTheory("istioctl")]
    [InlineData("IST")]
    public Task What_Istio_itself_finds_in_a_mutant_is_found_here(string codes) => CompareAsync(
        fault => fault.Known.Contains(codes, StringComparison.Ordinal),
        async folder => [.. (await RunAsync("istioctl", ["analyze", "--use-kube=false", "--all-namespaces", .. Manifests(folder)])).Split('\n').Where(line => line.Contains("[IST", StringComparison.Ordinal)).Select(line => line.Split('(')[0] + line.Split(')')[^1])]);

    [OtherLinterTheory("kube-score")]
    [InlineData("CKV_AWS")]
    public Task What_kube_score_finds_in_a_mutant_is_found_here(string cloud) => CompareAsync(
        fault => fault.Kind.Split(' ')[0] is "Deployment" or "Service" or "PodDisruptionBudget" or "NetworkPolicy" && !fault.Known.Contains(cloud, StringComparison.Ordinal),
        async folder => [.. (from item in JsonDocument.Parse(await RunAsync("kube-score", ["score", "--output-format", "json", .. Manifests(folder)])).RootElement.EnumerateArray()
                             from check in item.GetProperty("checks").EnumerateArray()
                             where !check.GetProperty("skipped").GetBoolean() && check.GetProperty("grade").GetInt32() < 10
                             select $"{item.GetProperty("object_name").GetString()}: {check.GetProperty("check").GetProperty("id").GetString()}")]);

    // Twenty of both tables, evenly chosen from those that the other may know.
    private async Task CompareAsync(Func<Fault, bool> isTheirs, Func<TempFolder, Task<HashSet<string>>> findings)
    {
        var clean = await Renderings.DeclareAsync("dev", "canaryVersion=v2", "canaryWeight=10");
        var (ours, theirs) = (Found(clean), await FoundByAsync(clean));
        var mutants = Faults.All.Concat(Faults.Blind).Where(isTheirs).Select(fault => fault.In("dev", clean).FirstOrDefault()).OfType<Mutant>().ToList();
        var rows = new List<(string Name, int Theirs, int Ours)>();
        foreach (var mutant in Enumerable.Range(0, 20).Select(index => mutants[index * mutants.Count / 20]))
        {
            var broken = mutant.Declare();
            var more = (await FoundByAsync(broken)).Except(theirs).ToList();
            rows.Add((mutant.Name, more.Count, Found(broken).Except(ours).Count()));
            output.WriteLine($"{mutant.Name}\n  here {rows[^1].Ours}, there {string.Join("; ", more)}");
        }

        output.WriteLine($"found here {rows.Count(row => row.Ours > 0)}, found there {rows.Count(row => row.Theirs > 0)}");
        Assert.Contains(rows, row => row.Theirs > 0);
        Assert.Equal([], rows.Where(row => row.Theirs > 0 && row.Ours == 0).Select(row => row.Name));

        async Task<HashSet<string>> FoundByAsync(Declaration declaration)
        {
            using var folder = Write(declaration);
            return await findings(folder);
        }
    }

    private static HashSet<string> Found(Declaration declaration) => [.. Policy.Check(RenderedStack.Of(declaration)).Select(finding => $"{finding.Rule.Id} {finding.Violation}")];

    private static async Task<TempFolder> RenderAsync(string stack) => Write(await Renderings.DeclareAsync(stack, "canaryVersion=v2", "canaryWeight=10"));

    private static TempFolder Write(Declaration declaration)
    {
        var folder = new TempFolder();
        OutputFolder.Write(folder.Path, RenderedFiles.Of(declaration));
        return folder;
    }

    private static IEnumerable<string> Manifests(TempFolder folder) => Directory.EnumerateFiles(Path.Combine(folder.Path, "manifests")).Order();

    private static async Task<string> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return await output + await error;
    }

    private static string Written() => string.Concat(CheckReport.Rules
        .Select(rule => $"| `{rule.Id}` | {rule.Severity.ToString().ToLowerInvariant()} | {rule.Summary} | {rule.Others} |\n")
        .Prepend("| Rule | Severity | Demands | Others |\n|---|---|---|---|\n"));

    [GeneratedRegex(@"\[[0-9]+ rules\]\(docs/checks\.md\)")]
    private static partial Regex Number();

    [GeneratedRegex("^[|] `", RegexOptions.Multiline)]
    private static partial Regex RuleRow();

    [GeneratedRegex("(?<begin><!-- rules -->).*(?<end><!-- /rules -->)", RegexOptions.Singleline)]
    private static partial Regex Table();
}

/// <summary>A test that needs a linter of others on PATH; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherLinterTheoryAttribute : TheoryAttribute
{
    public OtherLinterTheoryAttribute(string program) => Skip =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)))
            ? null
            : $"{program} is not on PATH";
}
