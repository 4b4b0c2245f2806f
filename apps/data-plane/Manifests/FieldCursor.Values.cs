using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Manifests;

/// <summary>The single values: text, numbers, flags, durations, choices.</summary>
public sealed partial class FieldCursor
{
    /// <summary>Takes a text; null if it is absent or no text; the report then has the error.</summary>
    public string? Text(string field) => Take(field) is { } node ? AsText(node, field) : null;

    /// <summary>Takes a text that must be there; empty if it is not; the report then has the error.</summary>
    public string RequiredText(string field) => Text(field) is { Length: > 0 } text ? text : Missing(field, "");

    /// <summary>Whether a field is a number; does not take it.</summary>
    public bool IsNumber(string field) => _json[field]?.GetValueKind() == JsonValueKind.Number;

    /// <summary>Takes a field if its value is the default.</summary>
    public void SkipDefault(string field, string fallback)
    {
        if (Is(field, fallback))
        {
            Take(field);
        }
    }

    /// <summary>Whether a field is that text; does not take it.</summary>
    public bool Is(string field, string text) =>
        _json[field] is { } node && node.GetValueKind() == JsonValueKind.String && node.GetValue<string>() == text;

    /// <summary>Takes a whole number within both bounds; null if it is absent or wrong; the report then has the error.</summary>
    public int? WholeNumber(string field, int minimum, int maximum) =>
        Number(field, minimum, maximum) is not { } number ? null
        : number % 1 == 0 ? (int)number
        : Wrong<int>(field, "must be a whole number");

    /// <summary>Takes a number within both bounds; null if it is absent or wrong; the report then has the error.</summary>
    public double? Number(string field, double minimum, double maximum)
    {
        if (Take(field) is not { } node)
        {
            return null;
        }

        // Quoted numbers are protobuf's JSON for 64 bits, which the API server would not take here.
        return node.GetValueKind() == JsonValueKind.Number
            && double.TryParse(node.ToJsonString(), CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum
            ? number
            : Wrong<double>(field, $"is {node.ToJsonString()}; must be a number from {minimum} to {maximum}");
    }

    /// <summary>Takes true or false; null if it is absent or wrong; the report then has the error.</summary>
    public bool? Flag(string field) => Take(field) is not { } node ? null : node.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => Wrong<bool>(field, "must be true or false"),
    };

    /// <summary>Takes a duration in Go's syntax, such as 1m30s; null if it is absent or wrong; the report then has the error.</summary>
    public TimeSpan? Duration(string field) =>
        Text(field) is not { } text ? null
        : Durations.TryParse(text, out var duration) ? duration
        : Wrong<TimeSpan>(field, $"is \"{text}\"; must be a duration such as 250ms, 1.5s or 1m30s");

    /// <summary>Takes one of the names in <paramref name="choices"/>, which are the modelled ones.</summary>
    public T? Choice<T>(string field, IReadOnlyDictionary<string, T> choices)
        where T : struct =>
        Text(field) is not { } text ? null
        : choices.TryGetValue(text, out var choice) ? choice
        : Wrong<T>(field, $"is {text}; the rehearsal models {string.Join(", ", choices.Keys)}");

    /// <summary>Takes a list of texts; empty if it is absent.</summary>
    public IReadOnlyList<string> Texts(string field) =>
        [.. List(field).Select((item, index) => item is null ? null : AsText(item, $"{field}[{index}]")).OfType<string>()];

    /// <summary>Takes an object whose keys are data and whose values are texts; empty if it is absent.</summary>
    public Dictionary<string, string> TextMap(string field)
    {
        var entries = new Dictionary<string, string>();
        foreach (var (key, value) in MapOf(field))
        {
            if (value is not null && AsText(value, $"{field}.{key}") is { } text)
            {
                entries[key] = text;
            }
        }

        return entries;
    }

    /// <summary>Refuses a field that is required and absent, and returns <paramref name="fallback"/> instead.</summary>
    public T Missing<T>(string field, T fallback)
    {
        Refuse(field, "is required");
        return fallback;
    }

    private string? AsText(JsonNode node, string field)
    {
        if (node.GetValueKind() == JsonValueKind.String)
        {
            return node.GetValue<string>();
        }

        Refuse(field, "must be a string");
        return null;
    }

    private T? Wrong<T>(string field, string reason)
        where T : struct
    {
        Refuse(field, reason);
        return null;
    }
}
