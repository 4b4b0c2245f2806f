using System.Text.RegularExpressions;

namespace GopherMesh.DataPlane.Reading;

/// <summary>
/// Envoy's regular expressions are RE2's. .NET's linear-time engine leaves out the same things (lookaround, backreferences, atomic
/// groups), so an expression that it takes means the same to both, apart from the classes of characters beyond ASCII.
/// </summary>
internal static class Re2
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Compiles an expression; null, with the reason in <paramref name="problem"/>, if it is malformed.</summary>
    public static Regex? TryCompile(string expression, bool wholeText, out string problem)
    {
        problem = "";
        try
        {
            return new(wholeText ? $@"\A(?:{expression})\z" : expression, Options);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            problem = $"is \"{expression}\", no regular expression that the rehearsal shares with RE2: {error.Message}";
            return null;
        }
    }
}
