using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Drift;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Recover;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Render;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Gopherctl.Tour;
using GopherMesh.Gopherctl.Watch;

namespace GopherMesh.Gopherctl;

/// <summary>The command line: parses it, runs a command, and turns every failure into an exit code and an error in one format.</summary>
public static class EntryPoint
{
    /// <summary>Runs gopherctl with its arguments.</summary>
    /// <returns>One of <see cref="ExitCode"/>, or 128 and the number of the signal that ended it.</returns>
    public static async Task<int> RunAsync(string[] args, Terminal terminal, Interrupt interrupt)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(interrupt);
        try
        {
            return await InvokeAsync(args, terminal, interrupt.Token);
        }
        catch (UserException error)
        {
            ErrorReport.Write(terminal.Error, error);
            return error.Code;
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return interrupt.Code;
        }
#pragma warning disable CA1031 // An unexpected exception is reported in one line, not as a stack trace.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            ErrorReport.Write(terminal.Error, defect);
            return ExitCode.Defect;
        }
    }

    /// <summary>Every command.</summary>
    internal static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("Rehearses on this machine what the Pulumi program declares, renders it as files, and checks it; judges canaries.")
        {
            RehearseCommand.Create(terminal),
            TourCommand.Create(terminal),
            RenderCommand.Create(terminal),
            CheckCommand.Create(terminal),
            JudgeCommand.Create(terminal),
            WatchCommand.Create(terminal),
            RolloutCommand.Create(terminal),
            ShiftCommand.Create(terminal),
            DriftCommand.Create(terminal, (stack, cancellation) => BuiltProgram.PulumiFor(stack).RefreshPreviewAsync(cancellation)),
            RecoverCommand.Create(terminal),
            CompletionCommand.Create(terminal),
        };
        root.SetAction(_ => Overview.Show(terminal));
        ExampleHelp.Install(root);
        return root;
    }

    private static async Task<int> InvokeAsync(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var parsed = Root(terminal).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            throw new UserException(
                string.Join("\n", parsed.Errors.Select(error => error.Message)), "the command line", $"See {Help(parsed)}.");
        }

        if (parsed.Tokens.Any(token => token.Value.Length == 0))
        {
            var option = parsed.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(option => option.Tokens.Any(token => token.Value.Length == 0));
            throw new UserException($"an argument is empty{(option is null ? "" : $": that of {option.Option.Name}")}", "the command line", $"Write a value, or leave it out; see {Help(parsed)}.");
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = terminal.Output.Profile.Out.Writer,
                Error = terminal.Error.Profile.Out.Writer,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // Interrupt listens for the signals.
            },
            cancellation);
    }

    private static string Help(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? "./gopherctl --help" : $"./gopherctl {parsed.CommandResult.Command.Name} --help";
}
