using System.Reflection;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>What an <see cref="Output{T}"/> or <see cref="Input{T}"/> of any type holds, once it has been resolved.</summary>
/// <param name="Value">The value.</param>
/// <param name="IsDefault">Whether the value is its type's default, as an immutable array that was never set.</param>
/// <param name="IsSecret">Whether it is a secret.</param>
/// <param name="Dependencies">The resources that it is made of.</param>
internal sealed record OpenedOutput(object? Value, bool IsDefault, bool IsSecret, IEnumerable<Resource> Dependencies)
{
    private static readonly MethodInfo OpenMethod = typeof(OpenedOutput).GetMethod(nameof(OpenTypedAsync), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>Whether the object is an output or an input.</summary>
    public static bool IsOutput(object value) => ContentType(value.GetType()) is not null;

    /// <summary>Opens an output or an input.</summary>
    public static Task<OpenedOutput> OpenAsync(object value) =>
        (Task<OpenedOutput>)OpenMethod.MakeGenericMethod(ContentType(value.GetType())!).Invoke(null, [value])!;

    private static Type? ContentType(Type type)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            if (current.IsGenericType && (current.GetGenericTypeDefinition() == typeof(Input<>) || current.GetGenericTypeDefinition() == typeof(Output<>)))
            {
                return current.GetGenericArguments()[0];
            }
        }

        return null;
    }

    private static async Task<OpenedOutput> OpenTypedAsync<T>(object input)
    {
        var output = input as Output<T> ?? ((Input<T>)input).ToOutput();
        var value = await OutputUtilities.GetValueAsync(output);
        return new OpenedOutput(
            value,
            EqualityComparer<T?>.Default.Equals(value, default),
            await Output.IsSecretAsync(output),
            await OutputUtilities.GetDependenciesAsync(output));
    }
}
