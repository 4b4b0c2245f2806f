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
        usual.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            ExampleCommand command => command.Examples,
            var root => [.. root.Subcommands.OfType<ExampleCommand>().Select(command => command.Examples[0])],
        };
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples)
        {
            output.WriteLine($"  {example}");
        }

        return ExitCode.Success;
    }
}
