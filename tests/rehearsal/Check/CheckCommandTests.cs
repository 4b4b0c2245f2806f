using System.Text.Json;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Stacks;
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

        Assert.True(run.ExitCode == ExitCode.Success, run.Error);
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

    [Theory]
    [InlineData]
    [InlineData("--set", "canaryVersion=v2")]
    public async Task An_exception_of_a_stack_that_is_not_there_is_an_error(params string[] settings)
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "exceptions.yaml");
        await File.WriteAllTextAsync(file, "exceptions:\n  - {stack: dve, rule: open-load-balancer, resource: Helm release istio-*, reason: y}\n  - {stack: dev, rule: open-load-balancer, resource: Helm release istio-*, reason: y}\n");

        var run = await GopherctlRun.Of(["check", "--stack", "local", "--exceptions", file, .. settings]);

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        Assert.Contains(
            "error unused-exception: exception from open-load-balancer for Helm release istio-*\n  there is no stack dve: it has no Pulumi.dve.yaml\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("exceptions.yaml:2\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("exceptions.yaml:3\n", run.Output, StringComparison.Ordinal);
    }

    // A rendering may be from elsewhere, with stacks that are not here.
    [Fact]
    public async Task Of_a_stack_that_is_not_there_a_note_is_made_where_a_rendering_is_checked()
    {
        using var folder = new TempFolder();
        await GopherctlRun.Of("render", "--out", folder.Path);
        using var other = new TempFolder();
        var file = Path.Combine(other.Path, "exceptions.yaml");
        await File.WriteAllTextAsync(file, "exceptions: [{stack: dve, rule: public-api, resource: x, reason: y}, {stack: local, rule: public-api, resource: x, reason: y}]");

        var run = await GopherctlRun.Of("check", "--rendered", folder.Path, "--exceptions", file);

        Assert.Equal(ExitCode.Success, run.ExitCode);
        Assert.Equal("note: the exception from public-api for x is of stack dve, which is neither the folder's nor here.\n", run.Error);
    }

    [Fact]
    public async Task In_a_folder_of_manifests_every_exception_holds_whatever_its_stack()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "a.yaml"), "apiVersion: v1\nkind: Service\nmetadata: { name: web, namespace: shop }\nspec: { type: NodePort }\n");
        using var other = new TempFolder();
        var file = Path.Combine(other.Path, "exceptions.yaml");
        await File.WriteAllTextAsync(file, "exceptions:\n  - {stack: dev, rule: service-target, resource: Service shop/*, reason: ours}\n  - {stack: local, rule: public-api, resource: x, reason: y}\n");

        var run = await GopherctlRun.Of("check", "--rendered", folder.Path, "--exceptions", file);

        Assert.Contains("  reason: ours\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("error service-target", run.Output, StringComparison.Ordinal);
        Assert.Contains("error unused-exception: exception from public-api for x\n", run.Output, StringComparison.Ordinal);
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

public sealed class ExceptionsFileTests
{
    private static readonly DateOnly Today = new(2026, 11, 29);

    private const string Gateway = "{stack: dev, rule: open-load-balancer, resource: Helm release istio-*, reason: public}";

    [Fact]
    public async Task It_excepts_what_it_names_and_nothing_of_another_stack()
    {
        var (dev, local) = (await Renderings.OfAsync("dev"), await Renderings.OfAsync("local"));
        var exceptions = ExceptionsFile.Parse("x.yaml", $"exceptions: [{Gateway}]");

        Assert.Equal("public", Assert.Single(CheckReport.Of(dev, exceptions, Today).Excepted).Reason);
        Assert.Empty(CheckReport.Of(local, exceptions, Today).Excepted);
        Assert.NotEmpty(CheckReport.Of(local, exceptions, Today).Findings);
    }

    [Theory]
    [InlineData("open-load-balancer", "Helm release istiod")]
    [InlineData("public-api", "Helm release istio-ingressgateway")]
    public async Task It_leaves_what_it_does_not_name(string rule, string resource)
    {
        var report = CheckReport.Of(await Renderings.OfAsync("dev"), [new PolicyException("dev", rule, resource, "because")], Today);

        Assert.Single(report.Findings);
        Assert.Single(report.Unused);
    }

    [Theory]
    [InlineData("2026-11-29", true)]
    [InlineData("2026-11-28", false)]
    public async Task It_excuses_until_its_last_day_is_over_and_then_is_an_error_itself(string expires, bool excuses)
    {
        var exceptions = ExceptionsFile.Parse("x.yaml", $"exceptions:\n  - {Gateway.Replace("}", $", expires: \"{expires}\"}}", StringComparison.Ordinal)}\n");

        var report = CheckReport.Of(await Renderings.OfAsync("dev"), exceptions, Today);

        Assert.Equal(excuses ? [] : ["expired-exception", "open-load-balancer"], report.Findings.Select(finding => finding.Rule.Id));
        Assert.Equal(excuses ? 0 : 1, report.Errors);
        Assert.All(report.Findings.Take(1), finding => Assert.Equal(("it expired after 2026-11-28", "x.yaml:2"), (finding.Violation.Problem, finding.Place!.ToString())));
    }

    [Fact]
    public async Task One_that_excuses_nothing_is_an_error_at_its_line()
    {
        var report = CheckReport.Of(await Renderings.OfAsync("local"), ExceptionsFile.Parse("x.yaml", $"exceptions:\n  - {Gateway.Replace("dev", "local", StringComparison.Ordinal)}\n"), Today)
            .WithUnusedAsErrors();

        Assert.Equal(("unused-exception", "x.yaml:2"), (report.Findings[0].Rule.Id, report.Findings[0].Place!.ToString()));
        Assert.Equal("exception from open-load-balancer for Helm release istio-*", report.Findings[0].Violation.Resource);
    }

    [Theory]
    [InlineData(
        "exceptions: [{stack: dev, rule: no-such-rule, resource: x, reason: y}]",
        "there is no rule 'no-such-rule'; the rules are public-api, ")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: ' '}]", "gives no reason")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x}]", "reason")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: y, until: 2030}]", "until")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: y, expires: soon}]", "expires")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: y, expires: 2030-01-01}]", "put it in quotes")]
    [InlineData("", "exceptions")]
    [InlineData("exceptions: {", "")]
    public void It_is_refused_when_it_is_wrong(string text, string what)
    {
        var error = Assert.Throws<UserException>(() => ExceptionsFile.Parse("x.yaml", text));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.yaml", error.Where, StringComparison.Ordinal);
    }
}

/// <summary>The stacks that are committed break no rule, but for what check-exceptions.yaml gives a reason for.</summary>
public sealed class CommittedStackTests
{
    private static readonly IReadOnlyList<PolicyException> Exceptions =
        ExceptionsFile.Read(Path.Combine(RepositoryRoot.Find(), ExceptionsFile.Name));

    private static readonly DateOnly Today = DateOnly.FromDateTime(DateTime.Today);

    // What each of them may be changed to by a setting of its own, too.
    public static TheoryData<string, string[]> Stacks => new()
    {
        { "dev", [] },
        { "dev", ["canaryVersion=v2", "canaryWeight=50", "observability=true"] },
        { "dev", ["metricsServer=true", "requesterMaxReplicas=6", "distributorMaxReplicas=6", "istioCni=true", "flowLogs=all"] },
        { "dev", ["hostedZoneId=Z0123456789ABCDEFGHIJ", "gatewayHosts=[\"a.example\"]", "zones=2", "natGateways=perZone"] },
        { "dev", ["canaryVersion=v2", "canaryWeight=10", "canaryStickyMinutes=10", "apiPrivate=true", "nodeMaintenanceWindow=02:00-06:00"] },
        { "dev", ["previewHeader=x-preview", "faultVersion=v1", "faultAbortPercent=50", "accessLogs=true"] },
        { "local", [] },
        { "local", ["canaryVersion=v2", "observability=true"] },
    };

    [Theory]
    [MemberData(nameof(Stacks))]
    public async Task A_committed_stack_is_clean(string stack, string[] settings)
    {
        var report = CheckReport.Of(await Renderings.OfAsync(stack, settings), Exceptions, Today);

        Assert.Equal([], report.Findings.Select(finding => $"{finding.Rule.Id} {finding.Violation}"));
    }

    [Theory]
    [InlineData("dev")]
    [InlineData("local")]
    public async Task Every_committed_exception_is_about_something(string stack)
    {
        var report = CheckReport.Of(await Renderings.OfAsync(stack, "canaryVersion=v2"), Exceptions, Today);

        Assert.NotEmpty(report.Excepted);
        Assert.Empty(report.Unused);
    }

    [Fact]
    public void Every_exception_is_one_of_a_committed_stack() =>
        Assert.All(Exceptions, exception => Assert.True(exception.Stack is "dev" or "local", exception.Stack));
}
