using System.Globalization;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>The flags of RE2's groups.</summary>
[Flags]
internal enum Re2Flags
{
    None = 0,
    IgnoresCase = 1,
    ManyLines = 2,
    DotIsAny = 4,
    Ungreedy = 8,
}

/// <summary>Reads what follows <c>(?</c>: a group's name or its flags.</summary>
internal static class Re2Group
{
    /// <summary>Moves behind a name. Envoy does not use names: it counts groups by their order.</summary>
    public static void SkipName(string text, ref int at)
    {
        var open = text.IndexOf('<', at);
        var close = text.IndexOf('>', open);
        if (close < 0)
        {
            throw Re2Parser.Error("invalid named capture", text[at..]);
        }

        var name = text[(open + 1)..close];
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
        {
            throw Re2Parser.Error("invalid named capture", text[at..(close + 1)]);
        }

        at = close + 1;
    }

    /// <summary>Changes the flags for a group or, where it returns true, for the rest of the group around.</summary>
    public static bool ReadFlags(string text, ref int at, ref Re2Flags flags)
    {
        var start = at;
        var (read, isOff, sawFlag) = (flags, false, false);
        for (at += 2; at < text.Length; at++)
        {
            switch (text[at])
            {
                case 'i' or 'm' or 's' or 'U':
                    var flag = text[at] switch
                    {
                        'i' => Re2Flags.IgnoresCase,
                        'm' => Re2Flags.ManyLines,
                        's' => Re2Flags.DotIsAny,
                        _ => Re2Flags.Ungreedy,
                    };
                    read = isOff ? read & ~flag : read | flag;
                    sawFlag = true;
                    continue;
                case '-' when !isOff:
                    (isOff, sawFlag) = (true, false);
                    continue;
                case ':' or ')' when !isOff || sawFlag:
                    flags = read;
                    return text[at++] == ')';
            }

            break;
        }

        throw Re2Parser.Error("invalid or unsupported Perl syntax", text[start..Math.Min(at + 1, text.Length)]);
    }
}

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
