using System.Collections.Immutable;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.Unit;

/// <summary>What a stack's outputs come to.</summary>
internal static class OutputValues
{
    public static async Task<IReadOnlyDictionary<string, (object? Value, bool IsSecret)>> OfAsync(IDictionary<string, object?> outputs)
    {
        var values = ImmutableDictionary.CreateBuilder<string, (object? Value, bool IsSecret)>();
        foreach (var (name, output) in outputs)
        {
            values[name] = output is Output<string> text
                ? (await OutputUtilities.GetValueAsync(text), await Output.IsSecretAsync(text))
                : (output, false);
        }

        return values.ToImmutable();
    }
}
