using System.Diagnostics;
using GopherMesh.Infra;
using Pulumi;

namespace GopherMesh.Tests.SdkContract.StandIn;

/// <summary>The one thing that the stand-in does of its own: it refuses to run under the engine.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, Func<Action, Task<int>>> Overloads => new()
    {
        { "action", program => Deployment.RunAsync(program) },
        { "function", program => Deployment.RunAsync(Function(program)) },
        { "task", program => Deployment.RunAsync(() => Task.Run(program)) },
        { "task of outputs", program => Deployment.RunAsync(() => Task.FromResult(Function(program)())) },
        { "stack", _ => Deployment.RunAsync<Empty>() },
        { "stack of a service provider", _ => Deployment.RunAsync<Empty>(new NoServices()) },
    };

    [Theory]
    [MemberData(nameof(Overloads))]
    public async Task No_program_is_run_and_the_exit_code_is_not_0(string what, Func<Action, Task<int>> run)
    {
        var (ran, error) = (false, Console.Error);
        using var said = new StringWriter();
        try
        {
            Console.SetError(said);
            Assert.Equal(1, await run(() => ran = true));
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Console.SetError(error);
            Environment.ExitCode = 0;
        }

        Assert.False(ran, what);
        Assert.Contains("PulumiSdk=stand-in", said.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_program_itself_says_what_is_wrong_why_and_what_to_do()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(GopherMeshStack).Assembly.Location])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.StartsWith("error: this program was built with PulumiSdk=stand-in and does not run under Pulumi's engine.", error, StringComparison.Ordinal);
        Assert.Contains("why: ", error, StringComparison.Ordinal);
        Assert.Contains("to do: build against Pulumi's own packages", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        Assert.Empty(await output);
    }

    private static Func<IDictionary<string, object?>> Function(Action program) => () =>
    {
        program();
        return new Dictionary<string, object?>();
    };

    private sealed class Empty : Stack;

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
