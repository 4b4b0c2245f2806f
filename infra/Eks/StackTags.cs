using System.Collections.Immutable;

namespace GopherMesh.Infra.Eks;

/// <summary>The tags by which a bill is read: everything that AWS charges for carries them.</summary>
public static class StackTags
{
    /// <summary>The tags of one stack, in the order in which they are written.</summary>
    public static ImmutableSortedDictionary<string, string> For(string project, string stack, string owner) =>
        ImmutableSortedDictionary<string, string>.Empty
            .Add("managed-by", "pulumi")
            .Add("owner", owner)
            .Add("project", project)
            .Add("stack", stack);

    /// <summary>The same as the one string of pairs that a Service's annotation takes.</summary>
    public static string ToAnnotation(this IReadOnlyDictionary<string, string> tags) =>
        string.Join(',', tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
