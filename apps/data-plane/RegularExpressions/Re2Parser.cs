using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>Reads an expression under the rules of Go's regexp/syntax (parse.go, flags Perl), and translates it to .NET's syntax.</summary>
/// <param name="text">The expression, a character for each byte.</param>
internal sealed class Re2Parser(string text)
{
    /// <summary>The most repetitions of one character; nested repetitions are multiplied.</summary>
    private const int MostRepetitions = 1000;

    private readonly ClassParser _classes = new(text);
    private int _at;
    private Re2Flags _flags;

    /// <summary>The first part of what was translated that Envoy would refuse; null for none.</summary>
    public string? UnknownToEnvoy => _classes.UnknownToEnvoy;

    /// <exception cref="Re2SyntaxException">It is not an expression of RE2.</exception>
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
            if (Repetition.Read(text, ref _at) is { } repetition)
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

    private Piece Repeat(Piece piece, Repetition bounds, string written)
    {
        var repetitions = piece.Repetitions * Math.Max(1, bounds.Most ?? bounds.Least);
        if (bounds.Least > MostRepetitions || bounds.Most > MostRepetitions || bounds.Most < bounds.Least || repetitions > MostRepetitions)
        {
            throw Error("invalid repeat count", written);
        }

        var count = bounds.Most is { } most ? $"{{{bounds.Least},{most}}}" : $"{{{bounds.Least},}}";
        var isLazy = bounds.IsLazy != _flags.HasFlag(Re2Flags.Ungreedy);
        return new($"(?:{piece.Text}){count}{(isLazy ? "?" : "")}", repetitions);
    }

    private void Atom(List<Piece> pieces)
    {
        switch (text[_at])
        {
            case '(':
                Group(pieces);
                break;
            case '[':
                pieces.Add(Of(_classes.Bracket(ref _at, _flags.HasFlag(Re2Flags.IgnoresCase))));
                break;
            case '.':
                _at++;
                pieces.Add(Of(_flags.HasFlag(Re2Flags.DotIsAny) ? ByteSet.Any : ByteSet.Of(('\n', '\n')).Inverted()));
                break;
            case '^' or '$' when _flags.HasFlag(Re2Flags.ManyLines):
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
                pieces.Add(_classes.Escaped(ref _at, _flags.HasFlag(Re2Flags.IgnoresCase)) is { } set
                    ? Of(set)
                    : Literal(_classes.EscapedCharacter(ref _at)));
                break;
        }
    }

    private Piece Literal(char character)
    {
        var set = ByteSet.Of((character, character));
        return Of(character > 0xff ? ByteSet.Empty : _flags.HasFlag(Re2Flags.IgnoresCase) ? set.IgnoringCase() : set);
    }

    private void Group(List<Piece> pieces)
    {
        var outside = _flags;
        var opening = "(";
        if (text.AsSpan(_at).StartsWith("(?P<") || text.AsSpan(_at).StartsWith("(?<"))
        {
            Re2Group.SkipName(text, ref _at);
        }
        else if (text.AsSpan(_at).StartsWith("(?"))
        {
            if (Re2Group.ReadFlags(text, ref _at, ref _flags))
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

    private static Piece Of(ByteSet set) => new(set.ToDotNet(), 1);

    /// <summary>A part of the expression in .NET's syntax, and how often a character in it is repeated at most.</summary>
    private sealed record Piece(string Text, int Repetitions);
}
