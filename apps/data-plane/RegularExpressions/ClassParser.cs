using System.Globalization;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>The parts of an expression that match one character: escapes, and classes in brackets (Go's regexp/syntax, parse.go).</summary>
/// <param name="text">The whole expression.</param>
internal sealed class ClassParser(string text)
{
    /// <summary>The first part that Go takes, and so istiod, but not RE2 in Envoy, which has other names and bytes for characters; null for none.</summary>
    public string? UnknownToEnvoy { get; private set; }

    /// <summary>The class that an escape means; null, and nothing read, if the escape at <paramref name="at"/> is a single character.</summary>
    public ByteSet? Escaped(ref int at, bool ignoresCase)
    {
        var letter = at + 1 < text.Length ? text[at + 1] : '\0';
        if (NamedClasses.Perl(letter) is { } perl)
        {
            at += 2;
            return perl;
        }

        return letter is 'p' or 'P' ? UnicodeClass(ref at, ignoresCase) : null;
    }

    /// <summary>The single character that an escape means; above 0xff if it is not a byte.</summary>
    public char EscapedCharacter(ref int at)
    {
        var start = at;
        if (at + 1 >= text.Length)
        {
            throw Re2Parser.Error("trailing backslash at end of expression", "");
        }

        var letter = text[at + 1];
        at += 2;
        switch (letter)
        {
            case >= '1' and <= '7' when at < text.Length && text[at] is >= '0' and <= '7':
            case '0':
                var end = at;
                while (end < text.Length && end < at + 2 && text[end] is >= '0' and <= '7')
                {
                    end++;
                }

                var octal = text[(at - 1)..end].Aggregate(0, (value, digit) => (value * 8) + digit - '0');
                at = end;
                return (char)octal;
            case 'x':
                return Hexadecimal(start, ref at);
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            default:
                return letter < 0x80 && !char.IsAsciiLetterOrDigit(letter) ? letter : throw Invalid(start, at);
        }
    }

    /// <summary>A class in brackets.</summary>
    public ByteSet Bracket(ref int at, bool ignoresCase)
    {
        var start = at++;
        var isInverted = at < text.Length && text[at] == '^';
        at += isInverted ? 1 : 0;
        var set = ByteSet.Empty;
        for (var isFirst = true; isFirst || at >= text.Length || text[at] != ']'; isFirst = false)
        {
            if (at >= text.Length)
            {
                throw Re2Parser.Error("missing closing ]", text[start..]);
            }

            set = set.With(
                Posix(ref at, ignoresCase) ?? (text[at] == '\\' ? Escaped(ref at, ignoresCase) : null) ?? Cased(Range(ref at, start), ignoresCase, isInverted: false));
        }

        at++;
        return isInverted ? set.Inverted() : set;
    }

    /// <summary>Both cases are added before a class is inverted, so that <c>(?i)\PL</c> and <c>(?i)[[:^upper:]]</c> hold no letter of either case.</summary>
    private static ByteSet Cased(ByteSet set, bool ignoresCase, bool isInverted)
    {
        var cased = ignoresCase ? set.IgnoringCase() : set;
        return isInverted ? cased.Inverted() : cased;
    }

    private ByteSet? Posix(ref int at, bool ignoresCase)
    {
        var end = text.AsSpan(at).StartsWith("[:") ? text.IndexOf(":]", at + 2, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            return null;
        }

        var written = text[at..(end + 2)];
        at = end + 2;
        var (name, isInverted) = written[2] == '^' ? (written[3..^2], true) : (written[2..^2], false);
        return NamedClasses.PosixClass(name) is { } set ? Cased(set, ignoresCase, isInverted) : throw Re2Parser.Error("invalid character class range", written);
    }

    private ByteSet Range(ref int at, int open)
    {
        var start = at;
        var from = Character(ref at, open);
        var to = from;
        if (at + 1 < text.Length && text[at] == '-' && text[at + 1] != ']')
        {
            at++;
            to = Character(ref at, open);
            if (to < from)
            {
                throw Re2Parser.Error("invalid character class range", text[start..at]);
            }
        }

        return ByteSet.Of((from, to));
    }

    private char Character(ref int at, int open)
    {
        if (at >= text.Length)
        {
            throw Re2Parser.Error("missing closing ]", text[open..]);
        }

        return text[at] == '\\' ? EscapedCharacter(ref at) : text[at++];
    }

    private ByteSet UnicodeClass(ref int at, bool ignoresCase)
    {
        var start = at;
        var isInverted = text[at + 1] == 'P';
        at += 2;
        var end = at < text.Length && text[at] == '{' ? text.IndexOf('}', at) : at;
        if (end < 0 || end >= text.Length)
        {
            throw Re2Parser.Error("invalid character class range", text[start..]);
        }

        var name = text[at] == '{' ? text[(at + 1)..end] : text[at..(at + 1)];
        at = end + 1;
        if (name.StartsWith('^'))
        {
            (isInverted, name) = (!isInverted, name[1..]);
        }

        var set = NamedClasses.Unicode(name) ?? throw Re2Parser.Error("invalid character class range", text[start..at]);
        UnknownToEnvoy ??= NamedClasses.IsKnownToEnvoy(name) ? null : text[start..at];
        return Cased(set, ignoresCase, isInverted);
    }

    private char Hexadecimal(int start, ref int at)
    {
        var isBraced = at < text.Length && text[at] == '{';
        var end = isBraced ? text.IndexOf('}', at) : at + 2;
        if (end < 0 || end > text.Length
            || !int.TryParse(text[(isBraced ? at + 1 : at)..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || code is < 0 or > 0x10FFFF)
        {
            throw Invalid(start, Math.Min(text.Length, isBraced && end > 0 ? end + 1 : at + 1));
        }

        at = isBraced ? end + 1 : end;
        UnknownToEnvoy ??= code > 0xff ? text[start..at] : null;
        return (char)Math.Min(code, 0xFFFF);
    }

    private Re2SyntaxException Invalid(int start, int end) => Re2Parser.Error("invalid escape sequence", text[start..end]);
}
