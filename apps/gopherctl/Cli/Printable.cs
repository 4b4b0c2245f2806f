using System.Globalization;
using System.Text;

namespace GopherMesh.Gopherctl.Cli;

/// <summary>
/// Makes text from outside safe for a terminal: answers of servers, names in manifests, values in files. Characters that a terminal executes
/// instead of showing (ESC, CR, NUL and all other controls), and those that change the direction of writing, are shown as <c>\u001b</c>.
/// </summary>
public static class Printable
{
    /// <summary>A text for one line: line breaks are escaped too.</summary>
    public static string Line(string text) => Escape(text, keepsLineFeeds: false);

    /// <summary>A text for several lines, such as a message of gopherctl that contains text from outside.</summary>
    public static string Lines(string text) => Escape(text, keepsLineFeeds: true);

    private static string Escape(string text, bool keepsLineFeeds)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.Any(character => IsObeyed(character, keepsLineFeeds)))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = IsObeyed(character, keepsLineFeeds)
                ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : escaped.Append(character);
        }

        return escaped.ToString();
    }

    // Bidirectional overrides and isolates belong to Unicode's category Format. Others of that category, such as joiners, are part of words.
    private static bool IsObeyed(char character, bool keepsLineFeeds) => character switch
    {
        '\n' => !keepsLineFeeds,
        '\t' => false,
        '\u2028' or '\u2029' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u200e' or '\u200f' or '\u061c' => true,
        _ => char.IsControl(character),
    };
}
