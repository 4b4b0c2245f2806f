using System.Text;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;
using GopherMesh.DataPlane.Wire;

namespace GopherMesh.DataPlane.Routing;

/// <summary>A StringMatch, prepared: exact and prefix may ignore case, a regular expression has to match the whole value.</summary>
internal sealed class StringMatcher
{
    private readonly StringMatchKind _kind;
    private readonly string _pattern;
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    public StringMatcher(StringMatch match, bool ignoreCase = false)
    {
        _kind = match.Kind;
        _pattern = WireText.Of(match.Pattern);
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = match.Kind == StringMatchKind.Regex ? Re2.TryCompile(match.Pattern, wholeText: true, out _) : null;
    }

    public bool IsPresent => _kind == StringMatchKind.Present;

    public bool Matches(ReadOnlySpan<char> value) => _kind switch
    {
        StringMatchKind.Exact => value.Equals(_pattern, _comparison),
        StringMatchKind.Prefix => value.StartsWith(_pattern, _comparison),
        StringMatchKind.Regex => _regex!.IsMatch(Ascii.IsValid(value) ? value : Re2.Input(value)),
        _ => true,
    };
}
