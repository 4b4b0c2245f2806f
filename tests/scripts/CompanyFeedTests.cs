namespace GopherMesh.Tests.Scripts;

/// <summary>What `pulumi up` restores if there is a company's feed beside the public one, or if advisories cannot be read.</summary>
public sealed class CompanyFeedTests : IDisposable
{
    private readonly Checkout _checkout = new();
    private readonly HttpFeed _feed;

    public CompanyFeedTests()
    {
        _checkout.AddProjects();
        PackageFeed.AddAll(_checkout.Feed, _checkout.PathOf("Directory.Packages.props"), _checkout.PathOf("apps/Packages.props"));
        _feed = new(_checkout.Feed);
    }

    [Theory]
    [InlineData("infra")]
    [InlineData("apps/gopher-requester")]
    [InlineData("apps/gopher-distributor")]
    [InlineData("apps/gopherctl")]
    public async Task Two_sources_are_warned_of_and_do_not_stop_a_restore(string project)
    {
        var result = await RestoreAsync(project, Sources("public", "company"), "");

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("warning NU1507", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NU1900")]
    [InlineData("NU1905")]
    public async Task Unreachable_advisories_are_warned_of_and_do_not_stop_a_restore(string warning)
    {
        var audit = warning == "NU1900" ? _feed.Missing : _feed.Source("public");
        var result = await RestoreAsync("infra", Sources("public"), $"<auditSources><clear />{Source("audit", audit)}</auditSources>");

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains($"warning {warning}", result.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _feed.Dispose();
        _checkout.Dispose();
    }

    private static string Source(string name, string address) => $"""<add key="{name}" value="{address}" allowInsecureConnections="true" />""";

    private string Sources(params string[] names) =>
        $"<packageSources><clear />{string.Concat(names.Select(name => Source(name, _feed.Source(name))))}</packageSources>";

    private async Task<ScriptResult> RestoreAsync(string project, string sources, string auditSources)
    {
        await File.WriteAllTextAsync(_checkout.PathOf("../NuGet.config"), $"<configuration>{sources}{auditSources}</configuration>");

        // Without the runtimes of the images' architectures, whose versions are the SDK's and so not ours to put into a feed.
        return await _checkout.RunAsync($"dotnet restore {project} -nologo -p:RuntimeIdentifiers=", ("RestoreSources", ""), ("PulumiSdk", "real"));
    }
}
