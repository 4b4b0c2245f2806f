namespace Pulumi;

/// <summary>A name, type or place that a resource had before, so that the engine renames it instead of replacing it.</summary>
public sealed class Alias
{
    public string? Urn { get; set; }

    public Input<string>? Name { get; set; }

    public Input<string>? Type { get; set; }

    public Input<string>? Stack { get; set; }

    public Input<string>? Project { get; set; }

    public Resource? Parent { get; set; }

    public Input<string>? ParentUrn { get; set; }

    public bool NoParent { get; set; }
}

/// <summary>The URN of an alias. Only the engine uses it; under mocks an alias that contradicts itself fails the program.</summary>
internal static class AliasUrn
{
    public static void Check(Input<Alias> alias, string name, string type, Resource? parent)
        => alias.ToOutput().Apply(a => a.Urn is { } urn ? WholeUrn(a, urn) : FromParts(a, name, type, parent));

    private static Output<string> WholeUrn(Alias alias, string urn)
    {
        (string Name, bool IsSet)[] others =
        [
            (nameof(alias.Name), alias.Name is not null),
            (nameof(alias.Type), alias.Type is not null),
            (nameof(alias.Project), alias.Project is not null),
            (nameof(alias.Stack), alias.Stack is not null),
            (nameof(alias.Parent), alias.Parent is not null),
            (nameof(alias.ParentUrn), alias.ParentUrn is not null),
            (nameof(alias.NoParent), alias.NoParent),
        ];
        if (others.FirstOrDefault(other => other.IsSet).Name is { } other)
        {
            throw new ArgumentException($"{nameof(Alias)} should not specify both {nameof(Alias.Urn)} and {other}");
        }

        return Output.Create(urn);
    }

    private static Output<string> FromParts(Alias alias, string name, string type, Resource? parent)
    {
        bool[] parents = [alias.Parent is not null, alias.ParentUrn is not null, alias.NoParent];
        if (parents.Count(isSet => isSet) > 1)
        {
            throw new ArgumentException(
                $"Only specify one of '{nameof(Alias.Parent)}', '{nameof(Alias.ParentUrn)}' or '{nameof(Alias.NoParent)}' in an {nameof(Alias)}");
        }

        return Urn.Create(
            alias.Name ?? name,
            alias.Type ?? type,
            alias.Parent ?? (alias.ParentUrn is null && !alias.NoParent ? parent : null),
            alias.ParentUrn,
            alias.Project ?? Deployment.Instance.ProjectName,
            alias.Stack ?? Deployment.Instance.StackName);
    }
}
