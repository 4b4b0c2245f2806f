using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>A command whose help ends with examples.</summary>
/// <param name="name">The command's name.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="examples">Lines to paste, each without the leading `./gopherctl`.</param>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Lines to paste.</summary>
    public IReadOnlyList<string> Examples { get; } = [.. examples.Select(example => $"./gopherctl {example}")];
}

/// <summary>The help of System.CommandLine and, after it, the command's examples.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Replaces the help of a root command and of all its commands.</summary>
    public static void Install(RootCommand root)
    {
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExampleHelp((HelpAction)help.Action!);
    }

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        output.Write(Marked(UsualHelp(parseResult), parseResult.CommandResult.Command));
        var examples = parseResult.CommandResult.Command switch
        {
            ExampleCommand command => command.Examples,
            var root => [.. root.Subcommands.OfType<ExampleCommand>().Select(command => command.Examples[0])],
        };
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine($"  {example}");
        }

        return ExitCode.Success;
    }

    private string UsualHelp(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        using var help = new StringWriter { NewLine = output.NewLine };
        parsed.InvocationConfiguration.Output = help;
        usual.Invoke(parsed);
        parsed.InvocationConfiguration.Output = output;
        return help.ToString();
    }

    // The list of commands shows every argument as if it had to be there; the usage of a command has brackets for that.
    private static string Marked(string help, Command command) => command.Subcommands
        .SelectMany(sub => sub.Arguments.Where(argument => argument.Arity.MinimumNumberOfValues == 0), (sub, argument) => (Row: $"  {sub.Name} <{argument.Name}>", argument.Name))
        .Aggregate(help, (text, optional) => text.Replace($"{optional.Row}  ", optional.Row.Replace($"<{optional.Name}>", $"[<{optional.Name}>]", StringComparison.Ordinal), StringComparison.Ordinal));
}
