using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Observability;

/// <summary>
/// The tokens of a PromQL expression: names, strings and single characters of punctuation. Numbers, durations and comments are left out.
/// </summary>
internal static partial class PromQlTokens
{
    public static IReadOnlyList<string> Of(string expression)
    {
        var matches = Token().Matches(expression);
        return matches.Sum(match => match.Length) == expression.Length
            ? [.. matches.Where(match => match.Groups["kept"].Success).Select(match => match.Value)]
            : throw new FormatException($"Not PromQL: {expression}");
    }

    /// <summary>The text within the quotes of a string token.</summary>
    public static string Unquoted(string token) => token[1..^1];

    public static bool IsString(string token) => token[0] is '"' or '\'' or '`';

    public static bool IsName(string token) => char.IsLetter(token[0]) || token[0] is '_' or ':';

    // Durations first, so that 5m is not a number and a name; $__rate_interval is in the place of a duration, "$service" is within a string.
    [GeneratedRegex("""
        \s+ | \#[^\n]* | \[ [^\]]* \] | (?:0x[0-9a-fA-F]+|\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*|\d*\.?\d+(?:[eE][+-]?\d+)?)
        | (?<kept> "(?:\\.|[^"\\])*" | '(?:\\.|[^'\\])*' | `[^`]*`
        | [a-zA-Z_:][a-zA-Z0-9_:]* | [(){},] | =~ | !~ | != | [=<>]=? | [-+*/%^@] )
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();
}
