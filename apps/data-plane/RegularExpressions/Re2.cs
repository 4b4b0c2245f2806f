using System.Text;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>
/// Regular expressions as the mesh has them: Istio's webhook takes what Go's regexp/syntax takes, up to 1,024 bytes, and Envoy matches with
/// RE2 byte by byte (seen on Envoy 1.40: <c>..</c> matches é). An expression is parsed under Go's rules and translated to a .NET expression with
/// the same meaning; .NET's linear-time engine, which has RE2's bounds, runs it.
/// </summary>
internal static class Re2
{
    /// <summary>Istio's limit (validation.go, validateStringRegexp).</summary>
    private const int LongestExpression = 1024;

    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>Compiles an expression; null, with the reason in <paramref name="problem"/>, if the mesh or the rehearsal does not accept it.</summary>
    /// <param name="expression">The expression, as an object holds it.</param>
    /// <param name="wholeText">Whether it has to match the whole text, as in every condition of Envoy's, or may match within it.</param>
    /// <param name="problem">What is wrong; empty if nothing is.</param>
    /// <param name="byIstio">Whether only istiod is asked, which takes more than the proxies do.</param>
    public static Regex? TryCompile(string expression, bool wholeText, out string problem, bool byIstio = false)
    {
        problem = "";
        if (Encoding.UTF8.GetByteCount(expression) > LongestExpression)
        {
            problem = $"is longer than {LongestExpression} bytes, which Istio denies";
            return null;
        }

        try
        {
            var parser = new Re2Parser(WireText.Of(expression));
            var translated = parser.Translate();
            if (!byIstio && parser.UnknownToEnvoy is { } unknown)
            {
                problem = $"is \"{expression}\": Istio takes {WireText.Show(unknown)}, and the proxies refuse it with all routes of their port";
                return null;
            }

            return new(wholeText ? $@"\A(?:{translated})\z" : translated, Options);
        }
        catch (Re2SyntaxException error)
        {
            problem = $"is \"{expression}\", which is not valid RE2, so Istio denies it: {error.Message}";
            return null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            problem = $"is \"{expression}\", which is too large for the rehearsal: {error.Message}";
            return null;
        }
    }

    /// <summary>A text from the wire in the form that compiled expressions expect: one character for each byte.</summary>
    public static string Input(ReadOnlySpan<char> wireText) => string.Create(wireText.Length, wireText, (input, text) =>
    {
        for (var index = 0; index < text.Length; index++)
        {
            input[index] = ByteSet.CharacterOf(text[index]);
        }
    });
}

/// <summary>The text is not an RE2 expression; the message is Go's.</summary>
internal sealed class Re2SyntaxException(string message) : Exception(message);
