namespace GopherMesh.Tests.Scripts;

/// <summary>Which gopherctl ./gopherctl starts: the one that was built, or that compiled to machine code where a person waits for an update.</summary>
public sealed class CompiledGopherctlTests : IDisposable
{
    private const string Built = "artifacts/stand-in/bin/Gopherctl/release/gopherctl.dll";
    private const string Compiled = "artifacts/stand-in/compiled/program/gopherctl.dll";

    // Stands for dotnet: what it builds and publishes is empty, and it says which program it starts.
    private const string Dotnet = $$"""
        mkdir tools
        cat >tools/dotnet <<'END'
        #!/usr/bin/env bash
        case $1 in
          --version) ;;
          build) mkdir -p "$(dirname {{Built}})"; touch {{Built}} ;;
          publish)
            echo "$@" >>publishes
            [[ ! -e refused ]] || { echo "gopherctl.csproj : error NU1101: Unable to find package Microsoft.NETCore.App.Crossgen2.linux-x64."; exit 1; }
            mkdir -p "$(dirname {{Compiled}})"; touch {{Compiled}} ;;
          *) echo "${1#"$PWD"/}"; streams=$(for stream in 0 1 2; do readlink "/proc/$$/fd/$stream" || echo closed; done); echo "$streams" >streams ;;
        esac
        END
        chmod +x tools/dotnet; PATH=$PWD/tools:$PATH

        """;

    private readonly Checkout _checkout = new();

    [Theory]
    [InlineData("shift 10", Compiled)]
    [InlineData("rollout v2 --stack dev", Compiled)]
    [InlineData("shift 0", Built)]
    [InlineData("shift --stack dev 0", Built)]
    [InlineData("rollout --stack dev --abort", Built)]
    [InlineData("rollout --stack dev --status", Built)]
    [InlineData("rollout v2 --rehearse", Built)]
    [InlineData("rollout --help", Built)]
    [InlineData("rehearse", Built)]
    public async Task An_update_is_worth_a_compilation_and_a_way_back_does_not_wait_for_one(string arguments, string program)
    {
        var result = await RunAsync($"./gopherctl {arguments}");

        Assert.Equal((0, program), (result.ExitCode, result.Output));
        Assert.Equal(program == Compiled, File.Exists(_checkout.PathOf("publishes")));
    }

    [Fact]
    public async Task What_is_compiled_serves_until_a_source_changes()
    {
        var result = await RunAsync("./gopherctl shift 10; ./gopherctl shift 0; ./gopherctl rollout v2; touch infra/Infra.csproj; ./gopherctl shift 0; ./gopherctl shift 10");

        Assert.Equal([Compiled, Compiled, Compiled, Built, Compiled], result.Output.Split('\n'));
        Assert.Equal(2, (await File.ReadAllLinesAsync(_checkout.PathOf("publishes"))).Length);
    }

    [Fact]
    public async Task A_feed_without_the_compiler_is_told_once_and_updates_go_on_as_built()
    {
        var result = await RunAsync("touch refused; ./gopherctl shift 10; ./gopherctl shift 20");

        Assert.Equal([Built, Built], result.Output.Split('\n'));
        Assert.Single(await File.ReadAllLinesAsync(_checkout.PathOf("publishes")));
        Assert.Contains("error NU1101: Unable to find package Microsoft.NETCore.App.Crossgen2", result.Errors, StringComparison.Ordinal);
    }

    /// <summary>Otherwise the next file that a program opens is its standard output, and its results are written into that file.</summary>
    [Fact]
    public async Task A_stream_that_its_caller_has_closed_leads_nowhere()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        await RunAsync("./gopherctl rehearse <&- >&- 2>&-");

        Assert.Equal(["/dev/null", "/dev/null", "/dev/null"], await File.ReadAllLinesAsync(_checkout.PathOf("streams")));
    }

    public void Dispose() => _checkout.Dispose();

    private Task<ScriptResult> RunAsync(string script) => _checkout.RunAsync($"{Dotnet}{script}", ("PulumiSdk", "stand-in"));
}
