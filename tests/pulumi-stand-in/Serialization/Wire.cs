using System.Collections.Immutable;

namespace Pulumi.Serialization;

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
