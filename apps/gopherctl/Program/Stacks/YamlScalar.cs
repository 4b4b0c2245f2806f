using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>
/// The types of plain YAML scalars as gopkg.in/yaml.v3 resolves them, which is what the Pulumi engine reads with: YAML 1.2's booleans and
/// nulls (`on` and `yes` are strings), integers of base 2, 8, 10 and 16 with underscores (a leading 0 is octal), floats, timestamps.
/// </summary>
internal static partial class YamlScalar
{
    private const string CoreTag = "tag:yaml.org,2002:";

    private static readonly string[] Yes = ["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"];

    private static readonly string[] No = ["n", "N", "no", "No", "NO", "off", "Off", "OFF"];

    /// <summary>The scalar as JSON: null, boolean, number or string; <paramref name="isForKubectl"/> chooses YAML 1.1, without timestamps.</summary>
    /// <exception cref="YamlException">A timestamp, an infinite number, or a tag that is not of YAML's core schema.</exception>
    public static JsonValue? Resolve(YamlScalarNode node, bool isForKubectl = false)
    {
        var text = node.Value ?? "";
        var tag = node.Tag.IsEmpty || node.Tag.IsNonSpecific ? "" : node.Tag.Value;
        return tag switch
        {
            "" when node.Style is not (ScalarStyle.Plain or ScalarStyle.Any) => JsonValue.Create(text),
            "" when isForKubectl && (Yes.Contains(text) || No.Contains(text)) => JsonValue.Create(Yes.Contains(text)),
            "" when isForKubectl && TimestampPattern().IsMatch(text) => JsonValue.Create(text),
            "" => Plain(text, node),
            CoreTag + "str" => JsonValue.Create(text),
            CoreTag + "int" or CoreTag + "float" or CoreTag + "bool" or CoreTag + "null" => Plain(text, node),
            _ => throw Error(node, $"the tag {tag} has no meaning in a stack's config"),
        };
    }

    private static JsonValue? Plain(string text, YamlScalarNode node) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Integer(text) is { } integer => integer,
        _ when FloatPattern().IsMatch(text) => Float(text, node),
        _ when InfinityPattern().IsMatch(text) => throw Error(node, $"{text} is a number that config cannot hold"),
        _ when TimestampPattern().IsMatch(text) =>
            throw Error(node, $"{text} is a timestamp to YAML, which the engine would rewrite; put it in quotes"),
        _ => JsonValue.Create(text),
    };

    private static JsonValue? Integer(string text)
    {
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        var negative = plain.StartsWith('-');
        var digits = negative || plain.StartsWith('+') ? plain[1..] : plain;
        if (digits.Length == 0 || !char.IsAsciiDigit(digits[0]) || Magnitude(digits) is not { } magnitude)
        {
            return null;
        }

        return negative switch
        {
            false => JsonValue.Create(magnitude),
            true when magnitude <= (ulong)long.MaxValue + 1 => JsonValue.Create(unchecked(-(long)magnitude)),
            true => null,
        };
    }

    private static ulong? Magnitude(string digits)
    {
        var (style, text) = digits.Length > 2 ? (digits[..2].ToUpperInvariant(), digits[2..]) : ("", digits);
        return style switch
        {
            "0X" => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex) ? hex : null,
            "0B" => ulong.TryParse(text, NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out var binary) ? binary : null,
            "0O" => Octal(text),
            _ when digits.Length > 1 && digits[0] == '0' => Octal(digits[1..]),
            _ => ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    private static ulong? Octal(string digits) =>
        digits.Length is > 0 and <= 21 && digits.All(digit => digit is >= '0' and <= '7')
            ? digits.Aggregate(0UL, (value, digit) => (value << 3) | (uint)(digit - '0'))
            : null;

    private static JsonValue Float(string text, YamlScalarNode node)
    {
        var number = double.Parse(text.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? JsonValue.Create(number) : throw Error(node, $"{text} is a number that config cannot hold");
    }

    private static YamlException Error(YamlScalarNode node, string message) => new(node.Start, node.End, message);

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex FloatPattern();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex InfinityPattern();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$")]
    private static partial Regex TimestampPattern();
}
