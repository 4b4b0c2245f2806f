using System.CommandLine;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Program;

/// <summary>The options that choose the declaration a command works on: a stack, and values that replace the stack's own.</summary>
internal sealed class StackSelection
{
    private readonly Option<string> _stack = new("--stack", "-s")
    {
        Description = "The stack whose Pulumi.STACK.yaml is read.",
        HelpName = "name",
        DefaultValueFactory = _ => "dev",
    };

    private readonly Option<string[]> _settings = new("--set")
    {
        Description = "A config value that replaces the stack's own, as `pulumi config set` would store it; objects and arrays as JSON or YAML. May be repeated.",
        HelpName = "key=value",
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_stack);
        command.Options.Add(_settings);
    }

    /// <summary>Whether any of the options is given.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetResult(_stack) is { Implicit: false } || Settings(parsed).Count > 0;

    private string Stack(ParseResult parsed) => parsed.GetRequiredValue(_stack);

    /// <summary>The files that say what is declared.</summary>
    public IReadOnlyList<string> Files(ParseResult parsed) => EffectiveConfig.Files(RepositoryRoot.Find(), Stack(parsed));

    /// <summary>The values that replace the stack's own, as given.</summary>
    public IReadOnlyList<string> Settings(ParseResult parsed) => parsed.GetValue(_settings) ?? [];

    /// <summary>Reads the config that the options describe, as the files are now.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="more">Values as <c>key=value</c> that replace those of <c>--set</c>.</param>
    /// <exception cref="UserException">The config cannot be read.</exception>
    public EffectiveConfig Config(ParseResult parsed, params IEnumerable<string> more)
    {
        static string Key(string setting) => setting.Split('=')[0].Split(':')[^1];
        var over = more.ToList();
        return EffectiveConfig.Read(RepositoryRoot.Find(), Stack(parsed), [.. Settings(parsed).ExceptBy(over.Select(Key), Key), .. over]);
    }

    /// <summary>Evaluates the program with the config that the options describe, as the files are now, and writes a note for each value that it cannot decrypt.</summary>
    /// <exception cref="UserException">The config cannot be read, or it is wrong.</exception>
    public async Task<Declaration> DeclareAsync(ParseResult parsed, Terminal terminal, params IEnumerable<string> more)
    {
        var config = Config(parsed, more);
        foreach (var secret in config.Unavailable)
        {
            terminal.Note($"{secret} is encrypted and its value is unavailable here; '{ConfigValue.Unavailable}' replaces it (use --set to give a value).");
        }

        return await ProgramEvaluator.EvaluateAsync(config);
    }
}
