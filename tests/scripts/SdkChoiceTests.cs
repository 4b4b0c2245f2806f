namespace GopherMesh.Tests.Scripts;

public sealed class SdkChoiceTests : IDisposable
{
    private const string Asking = "checking whether NuGet's sources have Pulumi's packages";
    private readonly Checkout _checkout = new();

    [Fact]
    public async Task A_feed_without_Pulumi_gets_the_stand_in_and_is_told_so()
    {
        var result = await _checkout.ChooseSdkAsync();

        Assert.Equal((0, "stand-in"), (result.ExitCode, result.Output));
        Assert.Contains("using the stand-in", result.Errors);
    }

    [Fact]
    public async Task A_feed_with_Pulumi_gets_the_real_SDK()
    {
        PackageFeed.AddPulumi(_checkout.Feed, _checkout.PathOf("Directory.Packages.props"));

        var result = await _checkout.ChooseSdkAsync();

        Assert.Equal((0, "real"), (result.ExitCode, result.Output));
        Assert.DoesNotContain("stand-in", result.Errors);
    }

    [Fact]
    public async Task The_answer_is_kept()
    {
        var first = await _checkout.ChooseSdkAsync();
        var second = await _checkout.ChooseSdkAsync();

        Assert.Contains(Asking, first.Errors);
        Assert.DoesNotContain(Asking, second.Errors);
        Assert.Equal("stand-in", second.Output);
    }

    [Fact]
    public async Task The_stand_in_is_named_when_it_is_first_chosen_and_not_again()
    {
        var first = await _checkout.ChooseSdkAsync();
        var second = await _checkout.ChooseSdkAsync();

        Assert.Contains("using the stand-in", first.Errors, StringComparison.Ordinal);
        Assert.Equal("", second.Errors);
    }

    [Fact]
    public async Task Other_versions_are_checked_again()
    {
        await _checkout.ChooseSdkAsync();
        await File.AppendAllTextAsync(_checkout.PathOf("Directory.Packages.props"), "<!-- another version -->");
        PackageFeed.AddPulumi(_checkout.Feed, _checkout.PathOf("Directory.Packages.props"));

        var result = await _checkout.ChooseSdkAsync();

        Assert.Equal("real", result.Output);
    }

    [Fact]
    public async Task Sources_of_a_folder_above_are_checked_again()
    {
        await _checkout.ChooseSdkAsync();
        await File.WriteAllTextAsync(_checkout.PathOf("../NuGet.config"), "<configuration />");
        PackageFeed.AddPulumi(_checkout.Feed, _checkout.PathOf("Directory.Packages.props"));

        var result = await _checkout.ChooseSdkAsync();

        Assert.Equal("real", result.Output);
    }

    [Fact]
    public async Task A_feed_that_cannot_be_reached_is_no_answer()
    {
        var result = await _checkout.ChooseSdkAsync(("RestoreSources", Path.Combine(_checkout.Feed, "missing")));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("another reason than a missing Pulumi package", result.Errors);
        Assert.False(File.Exists(_checkout.PathOf("artifacts/pulumi-sdk")));
    }

    [Theory]
    [InlineData("real")]
    [InlineData("stand-in")]
    public async Task The_environment_decides_before_a_restore_does(string sdk)
    {
        var result = await _checkout.ChooseSdkAsync(("PulumiSdk", sdk));

        Assert.Equal((0, sdk), (result.ExitCode, result.Output));
        Assert.DoesNotContain(Asking, result.Errors);
    }

    [Fact]
    public async Task An_unknown_SDK_is_refused_by_the_scripts_and_by_MSBuild()
    {
        var script = await _checkout.ChooseSdkAsync(("PulumiSdk", "fake"));
        var build = await _checkout.RunAsync("dotnet build infra -nologo", ("PulumiSdk", "fake"));

        Assert.Equal(2, script.ExitCode);
        Assert.Contains("PulumiSdk is 'fake'", script.Errors);
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("PulumiSdk is 'fake'", build.Output);
    }

    [Fact]
    public async Task An_engine_never_builds_the_stand_in_and_NuGets_cache_never_has_it()
    {
        var restore = await _checkout.RunAsync("dotnet restore infra -p:PulumiSdk=stand-in");
        var engine = await _checkout.RunAsync("dotnet msbuild infra -getProperty:PulumiSdk -getProperty:OutDir");
        var gopherctl = await _checkout.RunAsync("dotnet msbuild infra -getProperty:OutDir", ("PulumiSdk", "stand-in"));

        Assert.Equal(0, restore.ExitCode);
        Assert.Contains("\"real\"", engine.Output);
        Assert.DoesNotContain(gopherctl.Output, engine.Output);
        Assert.False(Directory.Exists(_checkout.Cache) && Directory.EnumerateDirectories(_checkout.Cache, "pulumi*").Any());
    }

    public void Dispose() => _checkout.Dispose();
}
