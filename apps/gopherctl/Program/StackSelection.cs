using System.Collections.Concurrent;
using System.CommandLine;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Program;

/// <summary>The options that choose the declaration a command works on: a stack, and values that replace the stack's own.</summary>
internal sealed class StackSelection
{
    private readonly Option<string> _stack = StackOption.Create("The stack whose Pulumi.STACK.yaml is read.");

    private readonly Option<string[]> _settings = new("--set")
    {
        Description = "A config value that replaces the stack's own, as `pulumi config set` would store it; objects and arrays as JSON or YAML. May be repeated.",
        HelpName = "key=value",
    };

    private readonly NotedProgram _program = new();

    /// <summary>Both.</summary>
    public Option[] Options => [_stack, _settings];

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => Array.ForEach(Options, command.Options.Add);

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

    /// <summary>Evaluates the program with the config that the options describe, as the files are now, and notes what a person should know.</summary>
    /// <exception cref="UserException">The config cannot be read, or it is wrong.</exception>
    public Task<Declaration> DeclareAsync(ParseResult parsed, Terminal terminal, params IEnumerable<string> more) =>
        _program.DeclareAsync(Config(parsed, more), terminal.Note);
}

/// <summary>
/// The program as a command evaluates it that deploys nothing. It goes on where `pulumi up` would refuse or warn, and says so: once in a run,
/// however often the config changes meanwhile.
/// </summary>
internal sealed class NotedProgram
{
    private readonly ConcurrentDictionary<string, bool> _said = new();

    /// <summary>Evaluates the program, and notes its warnings and each value that cannot be decrypted.</summary>
    /// <param name="config">The stack's config.</param>
    /// <param name="note">Takes a note; it is no part of the results.</param>
    /// <exception cref="UserException">The config is wrong.</exception>
    public async Task<Declaration> DeclareAsync(EffectiveConfig config, Action<string> note)
    {
        Say(config.Unavailable.Select(secret =>
            $"{secret} is encrypted and its value is unavailable here; '{ConfigValue.Unavailable}' replaces it (use --set to give a value)."));
        var declaration = await ProgramEvaluator.EvaluateAsync(config);
        Say(declaration.Warnings);
        return declaration;

        void Say(IEnumerable<string> notes)
        {
            foreach (var text in notes.Where(text => _said.TryAdd(text, true)))
            {
                note(text);
            }
        }
    }
}
