using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.Infra.Settings;

/// <summary>Turns the text of a setting into a value, or says what is wrong with it.</summary>
public delegate Parsed<T> Parser<T>(string text);

/// <summary>A value, or the reasons why there is none.</summary>
/// <param name="Value">The value; meaningless when there are problems.</param>
/// <param name="Problems">What is wrong; empty for a good value.</param>
public readonly record struct Parsed<T>(T Value, ImmutableArray<Problem> Problems)
{
    /// <summary>Wraps a good value.</summary>
    public static implicit operator Parsed<T>(T value) => new(value, []);

    /// <summary>Refuses the whole value.</summary>
    public static implicit operator Parsed<T>(Problem problem) => new(default!, [problem]);
}

/// <summary>What is wrong with a setting, or with a member of it.</summary>
/// <param name="Remedy">What to do about it, as an instruction.</param>
/// <param name="Member">Path of the member within the setting, e.g. <c>.v1</c> or <c>[0]</c>; empty for the setting as a whole.</param>
/// <param name="Found">The member's text; null means the setting's own.</param>
public sealed record Problem(string Remedy, string Member = "", string? Found = null);

/// <summary>A rule for text: null when it is kept, else the remedy.</summary>
public delegate string? Rule(string text);

/// <summary>The parsers of settings. Each is pure and gives a remedy instead of throwing.</summary>
public static class Parse
{
    /// <summary>A whole number in plain decimal digits, from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public static Parser<int> Number(int least, int most) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most && (text == "0" || text[0] != '0')
            ? number
            : new Problem($"use a whole number from {least} to {most}");

    /// <summary><c>true</c> or <c>false</c>, as the engine writes them.</summary>
    public static Parsed<bool> Flag(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => new Problem("use true or false"),
    };

    /// <summary>One of the words in <paramref name="values"/>.</summary>
    public static Parser<T> OneOf<T>(IReadOnlyDictionary<string, T> values) => text =>
        values.TryGetValue(text, out var value) ? value : new Problem($"use one of {string.Join(", ", values.Keys)}");

    /// <summary>A member of the enumeration <typeparamref name="T"/>, by its <see cref="Word{T}"/>.</summary>
    public static Parser<T> OneOf<T>()
        where T : struct, Enum => OneOf(Enum.GetValues<T>().ToImmutableSortedDictionary(Word, value => value, StringComparer.Ordinal));

    /// <summary>The word by which the configuration names the member of an enumeration: its name in camel case.</summary>
    public static string Word<T>(T value)
        where T : struct, Enum => char.ToLowerInvariant($"{value}"[0]) + $"{value}"[1..];

    /// <summary>Text that keeps <paramref name="rule"/>.</summary>
    public static Parser<string> Text(Rule rule) => text => rule(text) is { } remedy ? new Problem(remedy) : text;

    /// <summary>Nothing at all, or text that keeps <paramref name="rule"/>.</summary>
    public static Parser<string?> OptionalText(Rule rule) => text =>
        text.Length == 0 ? new Parsed<string?>(null, []) : rule(text) is { } remedy ? new Problem(remedy) : text;

    /// <summary>A JSON array of different strings, each of which keeps <paramref name="rule"/>.</summary>
    public static Parser<ImmutableArray<string>> List(Rule rule) => text =>
        Json.TryParse(text) is JsonArray array ? Items(array, rule) : new Problem("use a list of strings");

    private static Parsed<ImmutableArray<string>> Items(JsonArray array, Rule rule)
    {
        ImmutableArray<string> items = [.. array.Select(item => Json.AsString(item) ?? "")];
        var problems = items.Select((item, index) =>
            Json.AsString(array[index]) is null ? new Problem("use a string", $"[{index}]", array[index]?.ToJsonString() ?? "null")
            : rule(item) is { } remedy ? new Problem(remedy, $"[{index}]", item)
            : items.IndexOf(item) < index ? new Problem("remove it: the list has it already", $"[{index}]", item)
            : null);
        return new(items, [.. problems.OfType<Problem>()]);
    }
}

/// <summary>The JSON in which the engine passes arrays and objects.</summary>
internal static class Json
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>The node that <paramref name="text"/> describes; null where it is no JSON (or the JSON <c>null</c>).</summary>
    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The string that <paramref name="node"/> is, or null.</summary>
    public static string? AsString(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    /// <summary>Whether two settings' texts mean the same: equal, or the same JSON.</summary>
    public static bool Same(string left, string right) =>
        left == right || (TryParse(left) is { } a && TryParse(right) is { } b && JsonNode.DeepEquals(a, b));
}
