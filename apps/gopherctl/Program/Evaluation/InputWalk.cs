using System.Collections;
using System.Reflection;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>
/// Walks a resource's arguments to find what the mocks' plain values do not show: which values are secret, and from which resources'
/// outputs they come.
/// </summary>
internal sealed class InputWalk
{
    private readonly List<IReadOnlyList<string>> _secrets = [];
    private readonly HashSet<Resource> _dependencies = [];

    /// <summary>The paths of secret values: member names and list indices.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Secrets => _secrets;

    /// <summary>The resources that the values depend on.</summary>
    public IReadOnlySet<Resource> Dependencies => _dependencies;

    /// <summary>Walks a value and all within it. Call it after the program's run, when the outputs are resolved.</summary>
    public async Task VisitAsync(object? value, params string[] path)
    {
        switch (value)
        {
            case null or string:
                break;
            case Resource resource:
                _dependencies.Add(resource);
                break;
            case InputArgs arguments:
                foreach (var (name, member) in Members(arguments))
                {
                    await VisitAsync(member, [.. path, name]);
                }

                break;
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                {
                    await VisitAsync(entry.Value, [.. path, entry.Key.ToString()!]);
                }

                break;
            case var _ when OpenedOutput.IsOutput(value):
                await VisitOpenedAsync(await OpenedOutput.OpenAsync(value), path);
                break;
            case IEnumerable items:
                foreach (var (index, item) in items.Cast<object?>().Index())
                {
                    await VisitAsync(item, [.. path, $"{index}"]);
                }

                break;
        }
    }

    private async Task VisitOpenedAsync(OpenedOutput opened, string[] path)
    {
        _dependencies.UnionWith(opened.Dependencies);
        if (opened.IsSecret)
        {
            _secrets.Add(path);
        }
        else if (!opened.IsDefault)
        {
            await VisitAsync(opened.Value, path);
        }
    }

    // The names are those of the [Input] attributes, on properties or on the private fields behind lists and maps.
    private static IEnumerable<(string Name, object? Value)> Members(InputArgs arguments)
    {
        for (var type = arguments.GetType(); type != null && type != typeof(InputArgs); type = type.BaseType)
        {
            foreach (var member in type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(InputAttribute)) is { } input)
                {
                    yield return ((string)input.ConstructorArguments[0].Value!, ValueOf(member, arguments));
                }
            }
        }
    }

    private static object? ValueOf(MemberInfo member, object owner) => member switch
    {
        PropertyInfo property => property.GetValue(owner),
        FieldInfo field => field.GetValue(owner),
        _ => null,
    };
}

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
