using System.CommandLine;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Render;

/// <summary>`render`: what the program declares, as files.</summary>
internal static class RenderCommand
{
    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var stack = new StackSelection();
        var folder = new Option<string>("--out", "-o")
        {
            Description = "The folder to fill: new, empty, or from an earlier rendering, which is then replaced.",
            HelpName = "folder",
            Required = true,
        };
        var command = new ExampleCommand(
            "render",
            "Writes what the program declares: manifests in apply order, Helm values, and every resource with its inputs.",
            "render --out rendered",
            "render --out rendered --stack local --set canaryVersion=v2 --set canaryWeight=50")
        {
            folder,
        };
        stack.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var declaration = await stack.DeclareAsync(parsed, terminal);
            var files = RenderedFiles.Of(declaration);
            OutputFolder.Write(parsed.GetRequiredValue(folder), files);
            terminal.Print(
                $"{files.Count} files in {parsed.GetRequiredValue(folder)}: {declaration.Resources.Count} resources of stack {declaration.Stack}");
            return ExitCode.Success;
        });
        return command;
    }
}
