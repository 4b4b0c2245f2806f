using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>A run of gopherctl in this process, as into a pipe.</summary>
internal sealed record GopherctlRun(int ExitCode, string Output, string Error)
{
    public static Task<GopherctlRun> Of(params string[] arguments) => Of(input: null, arguments);

    /// <summary>A run that is written to.</summary>
    public static async Task<GopherctlRun> Of(TextReader? input, string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var interrupt = new Interrupt();
        var code = await EntryPoint.RunAsync(arguments, Terminal.Of(output, error) with { Input = input }, interrupt);
        return new(code, output.ToString(), error.ToString());
    }
}
