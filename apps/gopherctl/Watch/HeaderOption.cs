using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Watch;

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

        return [.. headers.Select(header => KeyValuePair.Create(header.Groups["name"].Value, header.Groups["value"].Value))];
    }

    // A token of RFC 9110, section 5.6.2, and a value of visible characters and spaces.
    [GeneratedRegex(@"\A(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(?<value>[\x20-\x7e]*?)[ \t]*\z")]
    private static partial Regex Header();
}
