using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;

namespace GopherMesh.Gopherctl.Watch;

/// <summary>`watch`: calls a running system again and again, and shows who answers.</summary>
internal static class WatchCommand
{
    /// <summary>The command, writing to the terminal.</summary>
    public static Command Create(Terminal terminal)
    {
        var url = Url();
        var requests = Requests();
        var rate = Rate();
        var headers = HeaderOption.Create();
        var command = new ExampleCommand(
            "watch",
            "Calls a running system again and again, shows each answer and, below, how many each version and pod gave. Ends with Ctrl-C.",
            "watch http://localhost:8080/",
            "watch http://localhost:8080/ --requests 100 --rate 20 --header 'x-gopher-version: v2'",
            "watch \"$(pulumi stack output url)\" | jq --raw-output .pod")
        {
            url, requests, rate, headers,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new WatchOptions(
                parsed.GetRequiredValue(url), parsed.GetValue(requests), parsed.GetValue(rate), parsed.GetRequiredValue(headers));
            var tally = await Watcher.RunAsync(options, View(terminal), TimeProvider.System, cancellation);
            return tally.Failed == 0 ? ExitCode.Success : ExitCode.NegativeVerdict;
        });
        return command;
    }

    private static IWatchView View(Terminal terminal) => terminal.Output.Profile.Out.IsTerminal
        ? new TerminalView(terminal.Output)
        : new JsonView(terminal.Output.Profile.Out.Writer);

    private static Argument<Uri> Url() => new("url")
    {
        Description = "The address to call, with http:// or https://.",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return address;
            }

            result.AddError($"The url is '{text}'; it must be an address such as http://localhost:8080/.");
            return null;
        },
    };

    private static Option<int?> Requests() => new Option<int?>("--requests", "-n")
    {
        Description = "How many requests are sent. [default: no end]",
        HelpName = "number",
    }.Within(1, int.MaxValue);

    private static Option<double> Rate() => new Option<double>("--rate", "-r")
    {
        Description = "How many requests a second are sent.",
        HelpName = "per second",
        DefaultValueFactory = _ => WatchOptions.UsualRate,
    }.Within(WatchOptions.LeastRate, WatchOptions.MostRate);
}

/// <summary>`--header`: a header of every request, as curl takes it.</summary>
internal static partial class HeaderOption
{
    /// <summary>The option, which may be given more than once.</summary>
    public static Option<KeyValuePair<string, string>[]> Create() => new("--header", "-H")
    {
        Description = "A header of every request, e.g. 'x-gopher-version: v2' or 'Host: gophers.example.com'; may be given more than once.",
        HelpName = "name: value",
        CustomParser = Parse,
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    private static KeyValuePair<string, string>[]? Parse(ArgumentResult result)
    {
        var headers = result.Tokens.Select(token => Header().Match(token.Value)).ToList();
        if (headers.FindIndex(header => !header.Success) is >= 0 and var wrong)
        {
            result.AddError($"--header is '{result.Tokens[wrong].Value}'; it must be a name, a colon and a value, e.g. 'x-gopher-version: v2'.");
            return null;
        }

        using var request = new HttpRequestMessage();
        if (headers.Find(header => IsOfBody(header.Groups["name"].Value) || !request.Headers.TryAddWithoutValidation(header.Groups["name"].Value, "")) is { } ofBody)
        {
            result.AddError($"--header is '{ofBody.Value}'; it is about the body of a request, and watch sends none.");
            return null;
        }

        return [.. headers.Select(header => KeyValuePair.Create(header.Groups["name"].Value, header.Groups["value"].Value))];
    }

    private static bool IsOfBody(string name) => name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) || name.Equals("Trailer", StringComparison.OrdinalIgnoreCase);

    // A token of RFC 9110, section 5.6.2, and a value of visible characters and spaces.
    [GeneratedRegex(@"\A(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?<value>[\x20-\x7e]*?)[ \t]*\z")]
    private static partial Regex Header();
}
