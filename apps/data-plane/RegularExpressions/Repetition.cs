using System.Globalization;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>A repetition operator of RE2.</summary>
/// <param name="Least">The fewest repetitions.</param>
/// <param name="Most">The most; null for no limit.</param>
/// <param name="IsLazy">Whether <c>?</c> follows.</param>
/// <param name="End">Where the operator ends.</param>
internal sealed record Repetition(int Least, int? Most, bool IsLazy, int End)
{
    /// <summary>The operator at a place, if there is one; text that looks like a count but is none is literal.</summary>
    public static Repetition? Read(string text, ref int at)
    {
        if (Operator(text, at) is not { } found)
        {
            return null;
        }

        at += text[at] == '{' ? text.IndexOf('}', at) - at + 1 : 1;
        var end = at;
        var isLazy = at < text.Length && text[at] == '?';
        at += isLazy ? 1 : 0;
        return new(found.Least, found.Most, isLazy, end);
    }

    private static (int Least, int? Most)? Operator(string text, int at) => text[at] switch
    {
        '*' => (0, null),
        '+' => (1, null),
        '?' => (0, 1),
        '{' => Count(text, at),
        _ => null,
    };

    private static (int Least, int? Most)? Count(string text, int at)
    {
        var end = text.IndexOf('}', at);
        if (end < 0)
        {
            return null;
        }

        var parts = text[(at + 1)..end].Split(',');
        return parts switch
        {
            [var one] when Number(one) is { } exactly => (exactly, exactly),
            [var least, ""] when Number(least) is { } from => (from, null),
            [var least, var most] when Number(least) is { } from && Number(most) is { } to => (from, to),
            _ => null,
        };
    }

    /// <summary>A number without leading zeros. Numbers of more than 8 digits are equal: the check of the most repetitions refuses them all.</summary>
    private static int? Number(string digits) =>
        digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9') || (digits.Length > 1 && digits[0] == '0') ? null
        : digits.Length > 8 ? int.MaxValue
        : int.Parse(digits, CultureInfo.InvariantCulture);
}
