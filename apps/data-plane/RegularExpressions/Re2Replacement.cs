using System.Text;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.RegularExpressions;

/// <summary>Replaces all that an expression finds in a path, as RE2's GlobalReplace does for Envoy (re2.cc, GlobalReplace and Rewrite).</summary>
internal sealed class Re2Replacement
{
    private readonly Regex _expression;
    private readonly string _rewrite;
    private readonly bool _namesUnknownGroup;

    /// <param name="expression">The compiled expression; it may match within the path.</param>
    /// <param name="rewrite">What replaces a match: <c>\0</c> is all of it, <c>\1</c> to <c>\9</c> its groups, <c>\\</c> a backslash.</param>
    public Re2Replacement(Regex expression, string rewrite)
    {
        (_expression, _rewrite) = (expression, WireText.Of(rewrite));
        _namesUnknownGroup = MostGroup(_rewrite) >= expression.GetGroupNumbers().Length;
    }

    /// <summary>The path with its matches replaced; the path itself if the rewrite names a group that the expression lacks.</summary>
    public string Apply(string path)
    {
        if (_namesUnknownGroup)
        {
            return path;
        }

        var (input, written) = (Re2.Input(path), new StringBuilder());
        var (at, end, isChanged) = (0, -1, false);
        while (at <= path.Length && _expression.Match(input, at) is { Success: true } match)
        {
            written.Append(path, at, match.Index - at);
            at = match.Index;
            if (match.Length == 0 && match.Index == end)
            {
                // No empty match follows a match directly, unlike in .NET.
                written.Append(path, at, Math.Min(1, path.Length - at));
                at++;
                continue;
            }

            Write(written, path, match);
            at = end = match.Index + match.Length;
            isChanged = true;
        }

        return isChanged ? written.Append(path, Math.Min(at, path.Length), Math.Max(0, path.Length - at)).ToString() : path;
    }

    private static int MostGroup(string rewrite)
    {
        var most = 0;
        for (var at = 0; at < rewrite.Length; at++)
        {
            if (rewrite[at] == '\\' && ++at < rewrite.Length && char.IsAsciiDigit(rewrite[at]))
            {
                most = Math.Max(most, rewrite[at] - '0');
            }
        }

        return most;
    }

    /// <summary>Writes up to the first backslash that is followed by neither a digit nor a backslash.</summary>
    private void Write(StringBuilder written, string path, Match match)
    {
        for (var at = 0; at < _rewrite.Length; at++)
        {
            if (_rewrite[at] != '\\')
            {
                written.Append(_rewrite[at]);
                continue;
            }

            at++;
            if (at == _rewrite.Length || (_rewrite[at] != '\\' && !char.IsAsciiDigit(_rewrite[at])))
            {
                return;
            }

            if (_rewrite[at] == '\\')
            {
                written.Append('\\');
            }
            else if (match.Groups[_rewrite[at] - '0'] is { Success: true } group)
            {
                written.Append(path, group.Index, group.Length);
            }
        }
    }
}
