using System.Text.RegularExpressions;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Secrets within a longer text, by the names that they are given there: lines of properties, YAML and JSON in a ConfigMap, arguments such as
/// <c>--db-password=</c>, connection strings.
/// </summary>
internal static partial class AssignedSecret
{
    /// <summary>What the text assigns; null for nothing secret.</summary>
    public static string? In(string text)
    {
        foreach (Match assignment in Assignment().Matches(text))
        {
            var (name, value) = (assignment.Groups["name"].Value, assignment.Groups["value"].Value);
            if (SecretNames.IsSecret(name, value) && SecretNames.IsLiteral(value))
            {
                return $"a secret by the name {name}";
            }
        }

        return null;
    }

    // With an equals sign anywhere, as in arguments, properties and connection strings; with a colon as YAML has it, at the beginning of a line,
    // or as JSON has it, between quotes. The rest of a word, as in a URL, is no assignment.
    [GeneratedRegex(
        @"(?<![\w./-])-{0,2}(?<name>[A-Za-z][\w.-]*)[ \t]*=[ \t]*[""']?(?<value>[^\s""';,&}{]+)"
        + @"|^[ \t-]*(?<name>[A-Za-z][\w.-]*)[ \t]*:[ \t]+[""']?(?<value>[^\s""';,&}{]+)[""']?[ \t]*\r?$"
        + @"|""(?<name>[A-Za-z][\w.-]*)""[ \t]*:[ \t]*""(?<value>[^\s""';,&}{]+)""",
        RegexOptions.Multiline)]
    private static partial Regex Assignment();
}
