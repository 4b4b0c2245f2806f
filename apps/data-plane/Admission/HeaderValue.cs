namespace GopherMesh.DataPlane.Admission;

/// <summary>
/// Values of headers that a route sets (header_value_validator.go, validateHeaderValue): the text between two percent signs is a command for Envoy,
/// with arguments in parentheses; <c>%%</c> is a percent sign.
/// </summary>
internal static class HeaderValue
{
    /// <summary>What is wrong with a value; null for nothing.</summary>
    public static string? Problem(string? value) =>
        value is null ? null
        : value.Any(character => character is < ' ' and not '\t' or '\x7f') ? "holds control characters"
        : !HasWholeCommands(value) ? "has a % that is neither %% nor a %COMMAND%"
        : null;

    private static bool HasWholeCommands(string value)
    {
        var at = 0;
        while ((at = value.IndexOf('%', at)) >= 0)
        {
            at++;
            if (at == value.Length)
            {
                return false;
            }

            if (value[at] != '%' && !SkipCommand(value, ref at))
            {
                return false;
            }

            at++;
        }

        return true;
    }

    /// <summary>Moves from the name of a command to the percent sign at its end.</summary>
    private static bool SkipCommand(string value, ref int at)
    {
        var end = value.AsSpan(at).IndexOfAny('%', '(');
        if (end < 0)
        {
            return false;
        }

        at += end;
        return value[at] == '%' || (SkipArguments(value, ref at) && SkipTo('%', value, ref at));
    }

    /// <summary>Moves behind the arguments: a text, or a list of JSON's strings.</summary>
    private static bool SkipArguments(string value, ref int at)
    {
        at++;
        SkipSpaces(value, ref at);
        var isList = at < value.Length && value[at] == '[';
        // The first character of a text is an argument whatever it is, so that %REQ()% has no end.
        at++;
        if (isList && !SkipTo('"', value, ref at))
        {
            return false;
        }

        while (at < value.Length && value[at] != ')')
        {
            if (value[at] == '"')
            {
                at++;
                SkipSpaces(value, ref at);
                if (at < value.Length && value[at] == ']')
                {
                    at++;
                    return SkipTo(')', value, ref at);
                }

                if (!SkipTo(',', value, ref at) || !SkipTo('"', value, ref at))
                {
                    return false;
                }

                continue;
            }

            at += value[at] == '\\' ? 2 : 1;
        }

        at++;
        return at <= value.Length;
    }

    /// <summary>Moves behind a character that only spaces may precede; to the percent sign itself.</summary>
    private static bool SkipTo(char expected, string value, ref int at)
    {
        SkipSpaces(value, ref at);
        if (at >= value.Length || value[at] != expected)
        {
            return false;
        }

        at += expected == '%' ? 0 : 1;
        return true;
    }

    private static void SkipSpaces(string value, ref int at)
    {
        while (at < value.Length && value[at] == ' ')
        {
            at++;
        }
    }
}
