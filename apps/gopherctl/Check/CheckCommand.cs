using System.CommandLine;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Check;

/// <summary>`check`: checks what is declared against rules, as `render` writes it.</summary>
internal sealed class CheckCommand
{
    private readonly Terminal _terminal;
    private readonly StackSelection _stack = new();
    private readonly Option<string?> _rendered = new("--rendered") { Description = "A folder that `render` has filled, here or elsewhere, or one of manifests as kubectl takes them, instead of a stack.", HelpName = "folder" };
    private readonly Option<string> _output = new("--output") { Description = "What is printed: text for people, json (a line for each finding), sarif (2.1.0, for code scanning) or junit (XML, for CI servers).", DefaultValueFactory = _ => "text" };
    private readonly Option<string?> _exceptions = new("--exceptions")
    {
        Description = $"The findings that are accepted, each with its reason. [default: {ExceptionsFile.Name} for a stack, none for a folder]",
        HelpName = "file",
    };

    private CheckCommand(Terminal terminal)
    {
        _terminal = terminal;
        _output.AcceptOnlyFromAmong("text", "json", "sarif", "junit");
    }

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var check = new CheckCommand(terminal);
        var command = new ExampleCommand(
            "check",
            "Checks what is declared against rules, and says for each finding the line of C# and what to do; ends with 1 on an error. Of Helm charts it checks the values, not the objects that a chart creates.",
            "check",
            "check --stack local --set canaryVersion=v2",
            "check --rendered build/rendered",
            "check --output json | jq --raw-output .rule",
            "check --output sarif > check.sarif")
        {
            check._rendered, check._output, check._exceptions,
        };
        check._stack.AddTo(command);
        command.SetAction((parsed, _) => check.RunAsync(parsed));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var exceptions = Exceptions(parsed);
        var stack = await StackAsync(parsed);
        var report = CheckReport.Of(stack, exceptions, DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().Date));
        if (_stack.Settings(parsed).Count == 0)
        {
            report = report.WithUnusedAsErrors();
        }
        else
        {
            // The file is about the stack as it is, and --set is another one.
            foreach (var unused in report.Unused)
            {
                _terminal.Note($"the exception from {unused.Rule} for {unused.Resource} matches no finding in this stack; remove it from the file if it is no longer needed.");
            }
        }

        var strays = Strays(stack.Declaration.Stack, exceptions);
        if (parsed.GetValue(_rendered) is null)
        {
            report = report.WithStrays(strays);
        }
        else
        {
            // The folder may be from elsewhere, with stacks that are not here.
            strays.ForEach(stray => _terminal.Note($"the exception from {stray.Rule} for {stray.Resource} is of stack {stray.Stack}, which is neither the folder's nor here."));
        }

        Write(report, parsed.GetRequiredValue(_output));

        return report.Errors == 0 ? ExitCode.Success : ExitCode.NegativeVerdict;
    }

    private static List<PolicyException> Strays(string stack, IReadOnlyList<PolicyException> exceptions) => stack == PlainManifests.Stack ? [] :
    [
        .. from exception in exceptions
           where exception.Stack != stack && !File.Exists(StackFile.PathOf(ProjectFile.Read(RepositoryRoot.Find()), exception.Stack))
           select exception,
    ];

    private void Write(CheckReport report, string format)
    {
        var output = _terminal.Output.Profile.Out.Writer;
        switch (format)
        {
            case "json":
                ReportJson.Write(report, output);
                break;
            case "sarif":
                ReportSarif.Write(report, output);
                break;
            case "junit":
                ReportJunit.Write(report, output);
                break;
            default:
                ReportText.Write(report, _terminal);
                break;
        }
    }

    private async Task<RenderedStack> StackAsync(ParseResult parsed)
    {
        if (parsed.GetValue(_rendered) is not { } folder)
        {
            return RenderedStack.Of(await _stack.DeclareAsync(parsed, _terminal));
        }

        if (_stack.IsGiven(parsed))
        {
            throw new UserException("--rendered says what is checked; a stack or --set would have no effect", "--rendered", "Leave out one or the other.");
        }

        return RenderingReader.Read(RenderingFolder.Read(folder));
    }

    private IReadOnlyList<PolicyException> Exceptions(ParseResult parsed)
    {
        if (parsed.GetValue(_exceptions) is { } named)
        {
            return ExceptionsFile.Read(named);
        }

        var own = parsed.GetValue(_rendered) is null ? Path.Combine(RepositoryRoot.Find(), ExceptionsFile.Name) : "";
        return File.Exists(own)
            ? [.. ExceptionsFile.Read(own).Select(exception => exception with { Place = exception.Place! with { File = ExceptionsFile.Name } })]
            : [];
    }
}
