using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>As much of a terminal as Spectre's live displays use: lines, the cursor's way up and to the left, and erasing.</summary>
internal static partial class Screen
{
    /// <summary>The lines on the screen after a text has been written to it, without trailing spaces.</summary>
    /// <exception cref="NotSupportedException">The text has a sequence that this terminal does not know.</exception>
    public static IReadOnlyList<string> After(string written)
    {
        List<StringBuilder> lines = [new()];
        var (row, column) = (0, 0);
        foreach (var token in Token().EnumerateMatches(written))
        {
            Obey(written.Substring(token.Index, token.Length));
        }

        return [.. lines.Select(line => line.ToString().TrimEnd())];

        void Obey(string token)
        {
            switch (token)
            {
                case "\r": column = 0; break;
                case "\n": (row, column) = (row + 1, 0); break;
                case ['\u001b', '[', .. var count, 'A']: row -= count.Length == 0 ? 1 : int.Parse(count, CultureInfo.InvariantCulture); break;
                case "\u001b[2K": lines[row].Clear(); break;
                case ['\u001b', '[', .., 'm' or 'h' or 'l']: break;
                case ['\u001b', ..]: throw new NotSupportedException(token[1..]);
                default: Put(token[0]); break;
            }

            while (lines.Count <= row)
            {
                lines.Add(new());
            }
        }

        void Put(char character)
        {
            var line = lines[row].Append(' ', Math.Max(0, column + 1 - lines[row].Length));
            line[column++] = character;
        }
    }

    [GeneratedRegex(@"\u001b\[[?0-9;]*[A-Za-z]|[\s\S]")]
    private static partial Regex Token();
}
