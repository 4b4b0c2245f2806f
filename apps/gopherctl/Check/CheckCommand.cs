using System.CommandLine;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Render;

namespace GopherMesh.Gopherctl.Check;

/// <summary>`check`: checks what is declared against rules, as `render` writes it.</summary>
internal sealed class CheckCommand
{
    private readonly Terminal _terminal;
    private readonly StackSelection _stack = new();
    private readonly Option<string?> _rendered = new("--rendered") { Description = "A folder that `render` has filled, here or elsewhere, or one of manifests as kubectl takes them, instead of a stack.", HelpName = "folder" };
    private readonly Option<string> _output = new("--output") { Description = "What is printed: text for people, or a line of JSON for each finding.", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _exceptions = new("--exceptions")
    {
        Description = $"The findings that are accepted, each with its reason. [default: {ExceptionsFile.Name} for a stack, none for a folder]",
        HelpName = "file",
    };

    private CheckCommand(Terminal terminal)
    {
        _terminal = terminal;
        _output.AcceptOnlyFromAmong("text", "json");
    }

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var check = new CheckCommand(terminal);
        var command = new ExampleCommand(
            "check",
            "Checks what is declared against rules, and says for each finding what to do; ends with 1 on an error. Of Helm charts it checks the values, not the objects that a chart creates.",
            "check",
            "check --stack local --set canaryVersion=v2",
            "check --rendered build/rendered",
            "check --output json | jq --raw-output .rule")
        {
            check._rendered, check._output, check._exceptions,
        };
        check._stack.AddTo(command);
        command.SetAction((parsed, _) => check.RunAsync(parsed));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var stack = RenderingReader.Read(await FilesAsync(parsed));
        var report = CheckReport.Of(stack, Exceptions(parsed));
        foreach (var unused in report.Unused)
        {
            _terminal.Note($"the exception from {unused.Rule} for {unused.Resource} matches no finding in this stack; remove it from the file if it is no longer needed.");
        }

        if (parsed.GetRequiredValue(_output) == "json")
        {
            ReportJson.Write(report, _terminal.Output.Profile.Out.Writer);
        }
        else
        {
            ReportText.Write(report, _terminal);
        }

        return report.Errors == 0 ? ExitCode.Success : ExitCode.NegativeVerdict;
    }

    // A stack is rendered to texts first, so that a stack and a folder are checked in the same way.
    private async Task<IReadOnlyDictionary<string, string>> FilesAsync(ParseResult parsed)
    {
        if (parsed.GetValue(_rendered) is not { } folder)
        {
            return RenderedFiles.Of(await _stack.DeclareAsync(parsed, _terminal));
        }

        if (_stack.IsGiven(parsed))
        {
            throw new UserException("--rendered says what is checked; a stack or --set would have no effect", "--rendered", "Leave out one or the other.");
        }

        return RenderingFolder.Read(folder);
    }

    private IReadOnlyList<PolicyException> Exceptions(ParseResult parsed)
    {
        if (parsed.GetValue(_exceptions) is { } named)
        {
            return ExceptionsFile.Read(named);
        }

        var own = parsed.GetValue(_rendered) is null ? Path.Combine(RepositoryRoot.Find(), ExceptionsFile.Name) : "";
        return File.Exists(own) ? ExceptionsFile.Read(own) : [];
    }
}
