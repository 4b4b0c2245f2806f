namespace GopherMesh.Tests.Scripts;

public sealed class CommandLineTests : IDisposable
{
    private readonly Checkout _checkout = new();

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Test_shows_its_usage_with_examples(string option)
    {
        var result = await _checkout.RunAsync($"./test {option}");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("usage: ./test", result.Output);
        Assert.Contains("Examples:", result.Output);
        Assert.DoesNotContain("set -euo", result.Output);
    }

    [Theory]
    [InlineData("--clutser x", "unknown argument '--clutser'")]
    [InlineData("--cluster", "--cluster needs a value")]
    [InlineData("--cluster x --context y", "exclude each other")]
    public async Task Test_refuses_what_it_does_not_know(string arguments, string message)
    {
        var result = await _checkout.RunAsync($"./test {arguments}");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Errors);
    }

    [Theory]
    [InlineData("gopherctl")]
    [InlineData("test")]
    public async Task A_machine_without_the_SDK_is_told_what_to_install(string script)
    {
        // Everything that the scripts use but dotnet.
        const string Tools = "mkdir tools; for t in bash env dirname readlink sed cat; do ln -s \"$(command -v $t)\" tools/; done; PATH=$PWD/tools; ";

        var result = await _checkout.RunAsync($"{Tools} bash ./{script}");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("install .NET 10", result.Errors);
    }

    public void Dispose() => _checkout.Dispose();
}
