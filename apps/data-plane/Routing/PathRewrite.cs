using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Routing;

/// <summary>
/// Replaces what the route matched of the path: the prefix, or the whole path after an exact or regular-expression match
/// (envoy route_config_impl.cc, finalizePathHeader), or everything that a regular expression finds.
/// </summary>
internal sealed class PathRewrite
{
    private readonly string _replacement;
    private readonly int? _prefixLength;
    private readonly Regex? _regex;

    private PathRewrite(string replacement, int? prefixLength, Regex? regex) =>
        (_replacement, _prefixLength, _regex) = (replacement, prefixLength, regex);

    public static PathRewrite OfMatch(StringMatch? uri, string replacement) => new(
        replacement,
        uri switch
        {
            { Kind: StringMatchKind.Prefix } => uri.Pattern.Length,
            { Kind: StringMatchKind.Exact or StringMatchKind.Regex } => null,
            _ => 1,
        },
        null);

    public static PathRewrite OfRegex(Regex regex, string substitution) => new(substitution, null, regex);

    public string Apply(string path) =>
        _regex is not null ? _regex.Replace(path, _replacement)
        : _prefixLength is { } length ? string.Concat(_replacement, path.AsSpan(Math.Min(length, path.Length)))
        : _replacement;
}
