using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pulumi.Serialization;

/// <summary>Turns arguments into their <see cref="Wire"/> form and notes the resources that they depend on.</summary>
internal sealed class Serializer(bool keepResources)
{
    public HashSet<Resource> DependentResources { get; } = [];

    /// <param name="context">Where the value is, for the error text.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="InvalidOperationException">The value's type cannot be sent to the engine.</exception>
    public async Task<object?> SerializeAsync(string context, object? value) => value switch
    {
        null or bool or int or double or string => value,
        InputArgs args => await SerializeMapAsync(context, args.ToDictionary()).ConfigureAwait(false),
        AssetOrArchive file => await SerializeFileAsync(context, file).ConfigureAwait(false),
        Task => throw new InvalidOperationException(
            $"Tasks are not allowed inside ResourceArgs. Please wrap your Task in an Output:\n\t{context}"),
        IInputCollection collection => await SerializeAsync(context, collection.Elements).ConfigureAwait(false),
        IInput input => await SerializeAsync(context, input.ToOutput()).ConfigureAwait(false),
        IUnion union => await SerializeAsync(context, union.Value).ConfigureAwait(false),
        JsonElement json => SerializeJson(json),
        IOutput output => await SerializeOutputAsync(context, output).ConfigureAwait(false),
        CustomResource resource => await SerializeResourceAsync(context, resource).ConfigureAwait(false),
        ComponentResource component => await SerializeComponentAsync(context, component).ConfigureAwait(false),
        IDictionary map => await SerializeMapAsync(context, map).ConfigureAwait(false),
        IList list => await SerializeListAsync(context, list).ConfigureAwait(false),
        _ when EnumTypes.Contain(value.GetType()) => EnumTypes.ValueOf(value),
        _ => await SerializeOutputTypeAsync(context, value).ConfigureAwait(false),
    };

    private async Task<ImmutableDictionary<string, object?>> SerializeMapAsync(string context, IDictionary map)
    {
        var result = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var key in map.Keys)
        {
            if (key is not string name)
            {
                throw new InvalidOperationException($"Dictionaries are only supported with string keys:\n\t{context}");
            }

            if (await SerializeAsync($"{context}.{name}", map[name]).ConfigureAwait(false) is { } value)
            {
                result[name] = value;
            }
        }

        return result.ToImmutable();
    }

    private async Task<ImmutableArray<object?>> SerializeListAsync(string context, IList list)
    {
        if (IsDefaultArray(list))
        {
            return [];
        }

        var result = ImmutableArray.CreateBuilder<object?>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            result.Add(await SerializeAsync($"{context}[{i}]", list[i]).ConfigureAwait(false));
        }

        return result.ToImmutable();
    }

    private async Task<object?> SerializeOutputAsync(string context, IOutput output)
    {
        var (resources, value, isKnown, isSecret) = await output.GetDataAsync().ConfigureAwait(false);
        DependentResources.UnionWith(resources);
        if (!isKnown)
        {
            return Wire.Unknown;
        }

        var serialized = await SerializeAsync($"{context}.id", value).ConfigureAwait(false);
        return isSecret ? Wire.Signed(Wire.Secret, (Wire.Value, serialized)) : serialized;
    }

    private async Task<object?> SerializeResourceAsync(string context, CustomResource resource)
    {
        DependentResources.Add(resource);
        var id = await SerializeAsync($"{context}.id", resource.Id).ConfigureAwait(false);
        if (!keepResources)
        {
            return id;
        }

        var urn = await SerializeAsync($"{context}.urn", resource.Urn).ConfigureAwait(false);
        return Wire.Signed(Wire.Resource, (Wire.Urn, urn), (Wire.Id, id is Wire.Unknown ? "" : id));
    }

    private async Task<object?> SerializeComponentAsync(string context, ComponentResource component)
    {
        var urn = await SerializeAsync($"{context}.urn", component.Urn).ConfigureAwait(false);
        return keepResources ? Wire.Signed(Wire.Resource, (Wire.Urn, urn)) : urn;
    }

    private async Task<object?> SerializeFileAsync(string context, AssetOrArchive file)
        => Wire.Signed(file.Signature, (file.Property, await SerializeAsync($"{context}.{file.Property}", file.Value).ConfigureAwait(false)));

    private async Task<object?> SerializeOutputTypeAsync(string context, object value)
    {
        var type = value.GetType();
        if (type.GetCustomAttribute<OutputTypeAttribute>() is null)
        {
            throw new InvalidOperationException($"{type.FullName} is not a supported argument type.\n\t{context}");
        }

        var result = ImmutableDictionary.CreateBuilder<string, object?>();
        foreach (var field in type.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance).Where(f => f.IsInitOnly))
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(field.Name[..1]) + field.Name[1..];
            result[name] = await SerializeAsync($"{context}.{name}", field.GetValue(value)).ConfigureAwait(false);
        }

        return result.ToImmutable();
    }

    private static object? SerializeJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Number => json.GetDouble(),
        JsonValueKind.True or JsonValueKind.False => json.GetBoolean(),
        JsonValueKind.Array => json.EnumerateArray().Select(SerializeJson).ToImmutableArray(),
        JsonValueKind.Object => json.EnumerateObject().ToImmutableDictionary(member => member.Name, member => SerializeJson(member.Value)),
        _ => null,
    };

    private static bool IsDefaultArray(IList list)
        => list.GetType() is { IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            && type.GetProperty(nameof(ImmutableArray<int>.IsDefaultOrEmpty))!.GetValue(list) is true;
}

/// <summary>
/// The form of a value on its way to the engine, which gets it as protobuf: null, bool, double, string, lists of them and
/// dictionaries of them. Everything else is a dictionary with a signature.
/// </summary>
internal static class Wire
{
    public const string Urn = "urn", Id = "id", Value = "value";

    public const string Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    /// <summary>The key of a signature; the signatures follow.</summary>
    public const string Signature = "4dabf18193072939515e22adb298388d";
    public const string Asset = "c44067f5952c0a294b673a41bacd8c17", Archive = "0def7320c3a5731c473e5ecbe6d01bc7";
    public const string Secret = "1b47061264138c4ac30d75fd1eb44270", Resource = "5cf8f73096256a8f31e491e813e4eb8e";

    public static ImmutableDictionary<string, object?> Signed(string signature, params (string Key, object? Value)[] fields)
        => fields.Append((Key: Signature, Value: signature)).ToImmutableDictionary(field => field.Key, field => field.Value);

    public static bool ContainsUnknowns(object? value) => value switch
    {
        Unknown => true,
        ImmutableArray<object?> list => list.Any(ContainsUnknowns),
        ImmutableDictionary<string, object?> map => map.Values.Any(ContainsUnknowns),
        _ => false,
    };
}

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
