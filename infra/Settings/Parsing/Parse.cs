using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace GopherMesh.Infra.Settings.Parsing;

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
            : items.IndexOf(item) < index ? new Problem("remove it: it is there already", $"[{index}]", item)
            : null);
        return new(items, [.. problems.OfType<Problem>()]);
    }
}

/// <summary>A rule for text: null when it is kept, else the remedy.</summary>
public delegate string? Rule(string text);
