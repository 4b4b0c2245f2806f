using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
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
