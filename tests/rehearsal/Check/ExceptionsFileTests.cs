using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Check;

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
