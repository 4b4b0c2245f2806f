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
