using System.Globalization;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>Reads an expression under the rules of Go's regexp/syntax (parse.go, flags Perl), and writes it in .NET's words.</summary>
/// <param name="text">The expression, a character for each byte.</param>
internal sealed class Re2Parser(string text)
{
    /// <summary>What one character may be repeated in all, nested repetitions multiplied.</summary>
    private const int MostRepetitions = 1000;

    private readonly ClassParser _classes = new(text);
    private int _at;
    private Flags _flags;

    /// <exception cref="Re2SyntaxException">It is no expression of RE2.</exception>
    public string Translate()
    {
        var whole = Alternatives();
        return _at == text.Length ? whole.Text : throw Error("unexpected )", text);
    }

    public static Re2SyntaxException Error(string what, string where) => new($"{what}: `{WireText.Show(where)}`");

    private Piece Alternatives()
    {
        var alternatives = new List<Piece> { Sequence() };
        while (_at < text.Length && text[_at] == '|')
        {
            _at++;
            alternatives.Add(Sequence());
        }

        return new(string.Join('|', alternatives.Select(piece => piece.Text)), alternatives.Max(piece => piece.Repetitions));
    }

    private Piece Sequence()
    {
        var pieces = new List<Piece>();
        int? repeatedFrom = null;
        while (_at < text.Length && text[_at] is not ('|' or ')'))
        {
            var start = _at;
            if (Repetition() is { } repetition)
            {
                if (pieces.Count == 0)
                {
                    throw Error("missing argument to repetition operator", text[start.._at]);
                }

                if (repeatedFrom is { } first)
                {
                    throw Error("invalid nested repetition operator", text[first.._at]);
                }

                pieces[^1] = Repeat(pieces[^1], repetition, text[start..repetition.End]);
                repeatedFrom = start;
                continue;
            }

            repeatedFrom = null;
            Atom(pieces);
        }

        return new(string.Concat(pieces.Select(piece => piece.Text)), pieces.Select(piece => piece.Repetitions).DefaultIfEmpty(1).Max());
    }

    private Piece Repeat(Piece piece, Bounds bounds, string written)
    {
        var repetitions = piece.Repetitions * Math.Max(1, bounds.Most ?? bounds.Least);
        if (bounds.Least > MostRepetitions || bounds.Most > MostRepetitions || bounds.Most < bounds.Least || repetitions > MostRepetitions)
        {
            throw Error("invalid repeat count", written);
        }

        var count = bounds.Most is { } most ? $"{{{bounds.Least},{most}}}" : $"{{{bounds.Least},}}";
        var isLazy = bounds.IsLazy != _flags.HasFlag(Flags.Ungreedy);
        return new($"(?:{piece.Text}){count}{(isLazy ? "?" : "")}", repetitions);
    }

    /// <summary>A repetition operator, if one comes here; what looks like a count and is none stands for itself.</summary>
    private Bounds? Repetition()
    {
        if (Operator() is not { } found)
        {
            return null;
        }

        _at += text[_at] == '{' ? text.IndexOf('}', _at) - _at + 1 : 1;
        var end = _at;
        var isLazy = _at < text.Length && text[_at] == '?';
        _at += isLazy ? 1 : 0;
        return new(found.Least, found.Most, isLazy, end);
    }

    private (int Least, int? Most)? Operator() => text[_at] switch
    {
        '*' => (0, null),
        '+' => (1, null),
        '?' => (0, 1),
        '{' => Count(),
        _ => null,
    };

    private (int Least, int? Most)? Count()
    {
        var end = text.IndexOf('}', _at);
        if (end < 0)
        {
            return null;
        }

        var parts = text[(_at + 1)..end].Split(',');
        return parts switch
        {
            [var one] when Number(one) is { } exactly => (exactly, exactly),
            [var least, ""] when Number(least) is { } from => (from, null),
            [var least, var most] when Number(least) is { } from && Number(most) is { } to => (from, to),
            _ => null,
        };
    }

    /// <summary>A number without leading zeros; too large ones are the same to the check that follows.</summary>
    private static int? Number(string digits) =>
        digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9') || (digits.Length > 1 && digits[0] == '0') ? null
        : digits.Length > 8 ? int.MaxValue
        : int.Parse(digits, CultureInfo.InvariantCulture);

    private void Atom(List<Piece> pieces)
    {
        switch (text[_at])
        {
            case '(':
                Group(pieces);
                break;
            case '[':
                pieces.Add(Of(_classes.Bracket(ref _at, _flags.HasFlag(Flags.IgnoresCase))));
                break;
            case '.':
                _at++;
                pieces.Add(Of(_flags.HasFlag(Flags.DotIsAny) ? ByteSet.Any : ByteSet.Of(('\n', '\n')).Inverted()));
                break;
            case '^' or '$' when _flags.HasFlag(Flags.ManyLines):
                pieces.Add(new($"(?m:{text[_at++]})", 1));
                break;
            case '^':
                _at++;
                pieces.Add(new(@"\A", 1));
                break;
            case '$':
                _at++;
                pieces.Add(new(@"\z", 1));
                break;
            case '\\':
                Escape(pieces);
                break;
            default:
                pieces.Add(Literal(text[_at++]));
                break;
        }
    }

    private void Escape(List<Piece> pieces)
    {
        switch (_at + 1 < text.Length ? text[_at + 1] : '\0')
        {
            case 'A' or 'z' or 'b' or 'B':
                pieces.Add(new(text.Substring(_at, 2), 1));
                _at += 2;
                break;
            case 'Q':
                var end = text.IndexOf(@"\E", _at + 2, StringComparison.Ordinal);
                pieces.AddRange(text[(_at + 2)..(end < 0 ? text.Length : end)].Select(Literal));
                _at = end < 0 ? text.Length : end + 2;
                break;
            default:
                pieces.Add(_classes.Escaped(ref _at) is { } set
                    ? Of(_flags.HasFlag(Flags.IgnoresCase) ? set.IgnoringCase() : set)
                    : Literal(_classes.EscapedCharacter(ref _at)));
                break;
        }
    }

    private Piece Literal(char character)
    {
        var set = ByteSet.Of((character, character));
        return Of(character > 0xff ? ByteSet.Empty : _flags.HasFlag(Flags.IgnoresCase) ? set.IgnoringCase() : set);
    }

    private void Group(List<Piece> pieces)
    {
        var outside = _flags;
        var opening = "(";
        if (text.AsSpan(_at).StartsWith("(?P<") || text.AsSpan(_at).StartsWith("(?<"))
        {
            SkipName();
        }
        else if (text.AsSpan(_at).StartsWith("(?"))
        {
            if (ReadFlags())
            {
                return;
            }

            opening = "(?:";
        }
        else
        {
            _at++;
        }

        var inner = Alternatives();
        if (_at == text.Length)
        {
            throw Error("missing closing )", text);
        }

        _at++;
        _flags = outside;
        pieces.Add(new($"{opening}{inner.Text})", inner.Repetitions));
    }

    /// <summary>Names are of no use to Envoy; groups count by their order.</summary>
    private void SkipName()
    {
        var open = text.IndexOf('<', _at);
        var close = text.IndexOf('>', open);
        if (close < 0)
        {
            throw Error("invalid named capture", text[_at..]);
        }

        var name = text[(open + 1)..close];
        if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
        {
            throw Error("invalid named capture", text[_at..(close + 1)]);
        }

        _at = close + 1;
    }

    /// <summary>Flags of a group, or, where this returns true, of the rest of the group around.</summary>
    private bool ReadFlags()
    {
        var start = _at;
        var (flags, isOff, sawFlag) = (_flags, false, false);
        for (_at += 2; _at < text.Length; _at++)
        {
            switch (text[_at])
            {
                case 'i' or 'm' or 's' or 'U':
                    var flag = text[_at] switch { 'i' => Flags.IgnoresCase, 'm' => Flags.ManyLines, 's' => Flags.DotIsAny, _ => Flags.Ungreedy };
                    flags = isOff ? flags & ~flag : flags | flag;
                    sawFlag = true;
                    continue;
                case '-' when !isOff:
                    (isOff, sawFlag) = (true, false);
                    continue;
                case ':' or ')' when !isOff || sawFlag:
                    _flags = flags;
                    return text[_at++] == ')';
            }

            break;
        }

        throw Error("invalid or unsupported Perl syntax", text[start..Math.Min(_at + 1, text.Length)]);
    }

    private static Piece Of(ByteSet set) => new(set.ToDotNet(), 1);

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoresCase = 1,
        ManyLines = 2,
        DotIsAny = 4,
        Ungreedy = 8,
    }

    private sealed record Bounds(int Least, int? Most, bool IsLazy, int End);

    /// <summary>A part of the expression in .NET's words, and how often a character in it is repeated at most.</summary>
    private sealed record Piece(string Text, int Repetitions);
}
