using System.Globalization;
using System.Text;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>A set of bytes: the meaning of one character of an expression.</summary>
internal sealed class ByteSet
{
    /// <summary>
    /// Characters of Unicode's private use area represent the bytes above 0x7f. For .NET these are not letters, as the bytes are not letters
    /// for RE2 at the boundary of a word.
    /// </summary>
    private const int Private = 0xE000;

    private readonly bool[] _members;

    private ByteSet(Func<int, bool> isMember) => _members = [.. Enumerable.Range(0, 256).Select(isMember)];

    public static ByteSet Empty { get; } = new(_ => false);

    public static ByteSet Any { get; } = new(_ => true);

    public static ByteSet Of(params (int From, int To)[] ranges) => new(code => ranges.Any(range => code >= range.From && code <= range.To));

    public static ByteSet Where(Func<char, bool> isMember) => new(code => isMember((char)code));

    /// <summary>The character that represents a byte.</summary>
    public static char CharacterOf(char code) => code < 0x80 ? code : (char)(Private + (code & 0xff));

    public ByteSet With(ByteSet other) => new(code => _members[code] || other._members[code]);

    public ByteSet Inverted() => new(code => !_members[code]);

    /// <summary>The set with the other case of each of its letters, if that is one byte too.</summary>
    public ByteSet IgnoringCase() => new(code => _members[code] || OtherCase(code) is { } other && _members[other]);

    /// <summary>The set in .NET's syntax.</summary>
    public string ToDotNet()
    {
        var set = new StringBuilder();
        for (var from = 0; from < 256; from++)
        {
            if (!_members[from])
            {
                continue;
            }

            // A range must not cross 0x7f: above it, characters are no longer equal to bytes.
            var to = from;
            while (to + 1 < 256 && _members[to + 1] && to != 0x7f)
            {
                to++;
            }

            set.Append(CultureInfo.InvariantCulture, $"\\u{(int)CharacterOf((char)from):X4}-\\u{(int)CharacterOf((char)to):X4}");
            from = to;
        }

        return set.Length == 0 ? @"[^\s\S]" : $"[{set}]";
    }

    private static int? OtherCase(int code) => (char)code switch
    {
        >= 'a' and <= 'z' => code - 32,
        >= 'A' and <= 'Z' => code + 32,
        >= 'à' and <= 'þ' and not '÷' => code - 32,
        >= 'À' and <= 'Þ' and not '×' => code + 32,
        _ => null,
    };
}
