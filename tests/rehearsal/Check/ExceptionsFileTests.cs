using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class ExceptionsFileTests
{
    private const string Gateway = "{stack: dev, rule: open-load-balancer, resource: Helm release istio-*, reason: public}";

    [Fact]
    public async Task It_excepts_what_it_names_and_nothing_of_another_stack()
    {
        var (dev, local) = (await Renderings.OfAsync("dev"), await Renderings.OfAsync("local"));
        var exceptions = ExceptionsFile.Parse("x.yaml", $"exceptions: [{Gateway}]");

        Assert.Equal("public", Assert.Single(CheckReport.Of(dev, exceptions).Excepted).Reason);
        Assert.Empty(CheckReport.Of(local, exceptions).Excepted);
        Assert.NotEmpty(CheckReport.Of(local, exceptions).Findings);
    }

    [Theory]
    [InlineData("open-load-balancer", "Helm release istiod")]
    [InlineData("public-api", "Helm release istio-ingressgateway")]
    public async Task It_leaves_what_it_does_not_name(string rule, string resource)
    {
        var report = CheckReport.Of(await Renderings.OfAsync("dev"), [new PolicyException("dev", rule, resource, "because")]);

        Assert.Single(report.Findings);
        Assert.Single(report.Unused);
    }

    [Theory]
    [InlineData(
        "exceptions: [{stack: dev, rule: no-such-rule, resource: x, reason: y}]",
        "there is no rule 'no-such-rule'; the rules are public-api, ")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: ' '}]", "gives no reason")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x}]", "reason")]
    [InlineData("exceptions: [{stack: dev, rule: public-api, resource: x, reason: y, until: 2030}]", "until")]
    [InlineData("", "exceptions")]
    [InlineData("exceptions: {", "")]
    public void It_is_refused_when_it_is_wrong(string text, string what)
    {
        var error = Assert.Throws<UserException>(() => ExceptionsFile.Parse("x.yaml", text));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("x.yaml", error.Where, StringComparison.Ordinal);
    }
}
