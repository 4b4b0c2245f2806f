using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Tests.Rehearsal.Cli;

/// <summary>A run of gopherctl in this process, as into a pipe.</summary>
internal sealed record GopherctlRun(int ExitCode, string Output, string Error)
{
    public static async Task<GopherctlRun> Of(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var interrupt = new Interrupt();
        var code = await EntryPoint.RunAsync(arguments, Terminal.Of(output, error), interrupt);
        return new(code, output.ToString(), error.ToString());
    }
}
