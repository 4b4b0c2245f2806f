namespace GopherMesh.Tests.Scripts;

/// <summary>Which gopherctl ./gopherctl starts: the one that was built, or that compiled to machine code where a person waits for a check or an update.</summary>
public sealed class CompiledGopherctlTests : IDisposable
{
    private const string Built = "artifacts/stand-in/bin/Gopherctl/release/gopherctl.dll";
    private const string Compiled = "artifacts/stand-in/machine-code/gopherctl.dll";

    // Stands for dotnet: what it builds and compiles is empty, and it says which program it starts.
    private const string Dotnet = $$"""
        mkdir tools
        cat >tools/dotnet <<'END'
        #!/usr/bin/env bash
        case $1 in
          --version) ;;
          build)
            [[ $2 == */machine-code.proj ]] || { mkdir -p "$(dirname {{Built}})"; touch {{Built}}; exit; }
            echo "$@" >>compilations
            [[ ! -e refused ]] || { echo "machine-code.proj : error NU1101: Unable to find package Microsoft.NETCore.App.Crossgen2.linux-x64."; exit 1; }
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
    [InlineData("check", Compiled)]
    [InlineData("check --output sarif", Compiled)]
    [InlineData("drift", Built)]
    [InlineData("rehearse", Built)]
    public async Task A_check_and_an_update_are_worth_a_compilation_and_a_way_back_does_not_wait_for_one(string arguments, string program)
    {
        var result = await RunAsync($"./gopherctl {arguments}");

        Assert.Equal((0, program), (result.ExitCode, result.Output));
        Assert.Equal(program == Compiled, File.Exists(_checkout.PathOf("compilations")));
    }

    [Fact]
    public async Task The_one_check_of_a_pipelines_build_is_not_worth_a_compilation()
    {
        var result = await RunAsync("export CI=true; ./gopherctl check; ./gopherctl shift 10; ./gopherctl check");

        Assert.Equal([Built, Compiled, Compiled], result.Output.Split('\n'));
    }

    [Fact]
    public async Task What_is_compiled_serves_until_a_source_changes()
    {
        var result = await RunAsync("./gopherctl shift 10; ./gopherctl shift 0; ./gopherctl rollout v2; touch infra/Infra.csproj; ./gopherctl shift 0; ./gopherctl shift 10");

        Assert.Equal([Compiled, Compiled, Compiled, Built, Compiled], result.Output.Split('\n'));
        Assert.Equal(2, (await File.ReadAllLinesAsync(_checkout.PathOf("compilations"))).Length);
    }

    [Fact]
    public async Task A_feed_without_the_compiler_is_told_once_and_commands_go_on_as_built()
    {
        var result = await RunAsync("touch refused; ./gopherctl check; ./gopherctl shift 10; ./gopherctl shift 20");

        Assert.Equal([Built, Built, Built], result.Output.Split('\n'));
        Assert.Single(await File.ReadAllLinesAsync(_checkout.PathOf("compilations")));
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

    [CompilerFact]
    public async Task What_is_compiled_finds_the_same_at_the_same_lines()
    {
        const string Script = """
            set -euo pipefail
            export GOPHER_MESH_ROOT=$PWD
            dotnet build scripts/machine-code.proj -c Release -v quiet -nologo >&2
            for program in bin/Gopherctl/release machine-code; do
              for stack in dev local; do
                dotnet "artifacts/$PulumiSdk/$program/gopherctl.dll" render --stack "$stack" --out "$FOLDER/$program/$stack" >/dev/null
                dotnet "artifacts/$PulumiSdk/$program/gopherctl.dll" check --stack "$stack" --output json >"$FOLDER/$program/$stack/check.json"
              done
            done
            diff --recursive "$FOLDER/bin/Gopherctl/release" "$FOLDER/machine-code"
            """;
        var result = await Bash.RunAsync(Repository.Root, Script, ("FOLDER", _checkout.PathOf("compared")), ("PulumiSdk", CompilerFactAttribute.Sdk), ("NUGET_PACKAGES", CompilerFactAttribute.Cache), ("MSBUILDDISABLENODEREUSE", "1"));

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
    }

    public void Dispose() => _checkout.Dispose();

    private Task<ScriptResult> RunAsync(string script) => _checkout.RunAsync($"{Dotnet}{script}", ("PulumiSdk", "stand-in"), ("CI", ""));
}

/// <summary>A test of .NET's compiler to machine code; skipped, with the reason, where NuGet's cache does not have it or gopherctl has not been built.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CompilerFactAttribute : FactAttribute
{
    private const string Package = "microsoft.netcore.app.crossgen2.*";

    private static readonly string Artifacts = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", ".."));

    public CompilerFactAttribute() => Skip =
        !Directory.Exists(Cache) || Directory.GetDirectories(Cache, Package).Length == 0 ? "NuGet's cache does not have the compiler; ./gopherctl check gets it"
        : !File.Exists(Path.Combine(Artifacts, "bin", "Gopherctl", "release", "gopherctl.dll")) ? "gopherctl has not been built"
        : null;

    /// <summary>The SDK that the tests were built with.</summary>
    public static string Sdk => Path.GetFileName(Artifacts);

    /// <summary>NuGet's cache, without a slash at its end, as people name it.</summary>
    public static string Cache => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
