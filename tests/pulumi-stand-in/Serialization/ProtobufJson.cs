using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pulumi.Serialization;

/// <summary>Inputs that a provider takes as JSON in a string, in the spelling of protobuf's formatter: <c>{ "burst": 5 }</c>.</summary>
internal static class ProtobufJson
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Input<string>? Format(string context, object? input)
    {
        async Task<string> WriteAsync(object? value)
            => Write(await new Serializer(keepResources: false).SerializeAsync(context, value).ConfigureAwait(false));

        if (input is null)
        {
            return null;
        }

        return input is IInput wrapped
            ? wrapped.ToOutput().UntypedApply(value => Output.Create(WriteAsync(value)))
            : Output.Create(WriteAsync(input));
    }

    private static string Write(object? wire) => wire switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        ImmutableArray<object?> list => list.IsEmpty ? "[ ]" : $"[ {string.Join(", ", list.Select(Write))} ]",
        ImmutableDictionary<string, object?> map => map.IsEmpty ? "{ }" : $"{{ {string.Join(", ", map.OrderBy(m => m.Key).Select(Member))} }}",
        string text => Quote(text),
        _ => Convert.ToDouble(wire, CultureInfo.InvariantCulture).ToString("r", CultureInfo.InvariantCulture),
    };

    private static string Member(KeyValuePair<string, object?> member) => $"{Quote(member.Key)}: {Write(member.Value)}";

    // Of what can be shown protobuf escapes only the angle brackets.
    private static string Quote(string text)
        => JsonSerializer.Serialize(text, Relaxed)
            .Replace("<", @"\u003c", StringComparison.Ordinal)
            .Replace(">", @"\u003e", StringComparison.Ordinal);
}
