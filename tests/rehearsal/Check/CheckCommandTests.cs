using System.Text.Json;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Rehearsal.Cli;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Check;

[Collection(LiveTests.Name)]
public sealed class CheckCommandTests
{
    private static readonly string[] Counts = ["errors", "warnings", "excepted"];

    private const string Everyone = """apiAllowedCidrs=["0.0.0.0/0"]""";

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task A_clean_stack_ends_with_0_and_says_what_is_meant(string stack)
    {
        var run = await GopherctlRun.Of("check", "--stack", stack);

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.Contains("\n  reason: ", run.Output, StringComparison.Ordinal);
        Assert.Matches($@"\nstack {stack}: \d+ resources checked against \d+ rules: 0 errors, 0 warnings, \d excepted\n$", run.Output);
    }

    [Fact]
    public async Task An_error_ends_with_1_and_tells_the_rule_the_resource_what_is_wrong_and_what_to_do()
    {
        var run = await GopherctlRun.Of("check", "--set", Everyone);

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.StartsWith(
            "error public-api: eks:index:Cluster cluster\n"
            + "  the Kubernetes API answers the whole internet: publicAccessCidrs has 0.0.0.0/0\n"
            + "  to do: Name the blocks that need it",
            run.Output,
            StringComparison.Ordinal);
        Assert.Contains(": 1 error, 0 warnings, 1 excepted\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_json_it_is_a_line_for_each_finding_and_one_that_sums_up()
    {
        var run = await GopherctlRun.Of("check", "--output", "json", "--set", Everyone);

        var lines = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["error", "excepted"], lines.SkipLast(1).Select(line => line.GetProperty("severity").GetString()));
        Assert.Equal("public-api", lines[0].GetProperty("rule").GetString());
        Assert.Equal("eks:index:Cluster cluster", lines[0].GetProperty("resource").GetString());
        Assert.Equal([1, 0, 1], Counts.Select(count => lines[^1].GetProperty(count).GetInt32()));
    }

    [Fact]
    public async Task A_rendering_is_checked_without_the_exceptions_of_this_repository()
    {
        using var folder = new TempFolder();
        await GopherctlRun.Of("render", "--out", folder.Path);

        var run = await GopherctlRun.Of("check", "--rendered", folder.Path);

        Assert.Equal((ExitCode.Success, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("warning open-load-balancer: Helm release istio-ingressgateway\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(": 0 errors, 1 warning, 0 excepted\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rendering_is_checked_as_its_files_are_now()
    {
        using var folder = new TempFolder();
        await GopherctlRun.Of("render", "--out", folder.Path, "--stack", "local");
        var istiod = Path.Combine(folder.Path, "helm", "istiod.yaml");
        var text = await File.ReadAllTextAsync(istiod);
        await File.WriteAllTextAsync(istiod, text.Replace("memory: \"1Gi\"", "cpu: \"1\"", StringComparison.Ordinal));

        var run = await GopherctlRun.Of("check", "--rendered", folder.Path);

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.Contains(
            "error resource-limits: Helm release istiod\n  resources is without limits.memory\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_is_about_nothing_is_noted()
    {
        var run = await GopherctlRun.Of("check", "--set", "gatewayScheme=internal");

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Contains(
            "note: the exception from open-load-balancer for Helm release istio-ingressgateway matches no finding",
            run.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_exception_that_is_about_nothing_is_an_error_where_the_stack_is_as_its_file_has_it()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "exceptions.yaml");
        await File.WriteAllTextAsync(file, "exceptions: [{stack: local, rule: public-api, resource: x, reason: y}]");

        var run = await GopherctlRun.Of("check", "--stack", "local", "--exceptions", file);

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.StartsWith("error unused-exception: exception from public-api for x\n  it excuses no finding\n", run.Output, StringComparison.Ordinal);
    }
}
