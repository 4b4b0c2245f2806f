using System.Collections.Immutable;
using Pulumi;

namespace GopherMesh.Infra.Eks;

/// <summary>The tags that assign costs to the stack: everything that AWS charges for has them.</summary>
public static class StackTags
{
    /// <summary>The tags of one stack, in the order in which they are written.</summary>
    public static ImmutableSortedDictionary<string, string> For(string project, string stack, string owner) =>
        ImmutableSortedDictionary<string, string>.Empty
            .Add("managed-by", "pulumi")
            .Add("owner", owner)
            .Add("project", project)
            .Add("stack", stack);

    /// <summary>The same tags as one string, in the form of a Service's annotation.</summary>
    public static string ToAnnotation(this IReadOnlyDictionary<string, string> tags) =>
        string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"));

    /// <summary>The same as an input of a resource.</summary>
    public static InputMap<string> ToInputs(this IReadOnlyDictionary<string, string> tags)
    {
        var map = new InputMap<string>();
        foreach (var (key, value) in tags)
        {
            map.Add(key, value);
        }

        return map;
    }
}
