using System.Collections.Immutable;

namespace Pulumi.Serialization;

/// <summary>Reads the <see cref="Wire"/> form: numbers are doubles, and a secret or an unknown inside makes the whole so.</summary>
internal static class Deserializer
{
    public static OutputData<object?> Deserialize(object? wire)
    {
        var isSecret = false;
        while (SignatureOf(wire) == Wire.Secret)
        {
            isSecret = true;
            wire = ((ImmutableDictionary<string, object?>)wire!).GetValueOrDefault(Wire.Value);
        }

        if (wire is Wire.Unknown)
        {
            return OutputData.Unknown<object?>(null, isSecret);
        }

        var data = SignatureOf(wire) switch
        {
            Wire.Asset or Wire.Archive => OutputData.Known<object?>(DeserializeFile((ImmutableDictionary<string, object?>)wire!)),
            Wire.Resource => OutputData.Known<object?>(ResourceReference.Resolve((ImmutableDictionary<string, object?>)wire!)),
            _ => DeserializePlain(wire),
        };
        return data with { IsSecret = isSecret || data.IsSecret };
    }

    private static OutputData<object?> DeserializePlain(object? wire)
    {
        switch (wire)
        {
            case int number:
                return OutputData.Known<object?>((double)number);
            case ImmutableArray<object?> list:
                var items = list.SelectAsArray(Deserialize);
                return Join(items, items.SelectAsArray(item => item.Value));
            case ImmutableDictionary<string, object?> map:
                var members = map.Where(member => !member.Key.StartsWith("__", StringComparison.Ordinal))
                    .Select(member => (member.Key, Data: Deserialize(member.Value))).ToList();
                return Join(members.Select(m => m.Data), members.ToImmutableDictionary(m => m.Key, m => m.Data.Value));
            default:
                return OutputData.Known(wire);
        }
    }

    private static OutputData<object?> Join(IEnumerable<OutputData<object?>> parts, object value)
        => new([], value, parts.All(part => part.IsKnown), parts.Any(part => part.IsSecret));

    private static string? SignatureOf(object? wire)
        => wire is ImmutableDictionary<string, object?> map ? map.GetValueOrDefault(Wire.Signature) as string : null;

    private static AssetOrArchive DeserializeFile(ImmutableDictionary<string, object?> wire)
    {
        var isAsset = SignatureOf(wire) == Wire.Asset;
        if (wire.GetValueOrDefault("path") is string path)
        {
            return isAsset ? new FileAsset(path) : new FileArchive(path);
        }

        if (isAsset && wire.GetValueOrDefault("text") is string text)
        {
            return new StringAsset(text);
        }

        throw new InvalidOperationException($"Value was marked as {(isAsset ? nameof(Asset) : nameof(Archive))}, but did not conform to required shape.");
    }
}
