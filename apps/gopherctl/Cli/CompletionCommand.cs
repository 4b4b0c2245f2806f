using System.CommandLine;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>
/// `completion`: a script for a shell that asks gopherctl itself for what may come next, by the directive <c>[suggest:POSITION]</c> of
/// System.CommandLine; so it never differs from the commands.
/// </summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # In ~/.bashrc: source <(./gopherctl completion bash)
        _gopherctl() {
          local line="gopherctl ${COMP_LINE#* }" IFS=$'\n'
          local position=$((${#line} - ${#COMP_LINE} + COMP_POINT))
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$position]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _gopherctl gopherctl ./gopherctl
        """;

    private const string Zsh = """
        # In ~/.zshrc, after compinit: source <(./gopherctl completion zsh)
        _gopherctl() {
          local line="gopherctl ${BUFFER#* }"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:$((${#line} - ${#BUFFER} + CURSOR))]" "$line" 2>/dev/null)}")
          compadd -- "${(@)found:#}"
        }
        compdef _gopherctl gopherctl
        """;

    private const string Fish = """
        # In ~/.config/fish/config.fish: ./gopherctl completion fish | source
        function __gopherctl_suggest
            set -l line (commandline --current-process --cut-at-cursor | string trim --left)
            set -l program (string split --max 1 ' ' -- $line)[1]
            set line "gopherctl "(string split --max 1 ' ' -- $line)[2]
            $program "[suggest:"(string length -- $line)"]" $line 2>/dev/null
        end
        complete --command gopherctl --no-files --arguments '(__gopherctl_suggest)'
        """;

    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new ExampleCommand(
            "completion", "Writes a script by which a shell completes gopherctl's commands and options.", "completion bash", "completion zsh", "completion fish")
        {
            shell,
        };
        command.SetAction(parsed =>
        {
            terminal.Print(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
            return ExitCode.Success;
        });
        return command;
    }
}
