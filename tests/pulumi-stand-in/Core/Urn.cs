namespace Pulumi;

/// <summary>The name by which the engine knows a resource: <c>urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME</c>.</summary>
public static class Urn
{
    public static Output<string> Create(
        Input<string> name,
        Input<string> type,
        Resource? parent = null,
        Input<string>? parentUrn = null,
        Input<string>? project = null,
        Input<string>? stack = null)
    {
        if (parent is not null && parentUrn is not null)
        {
            throw new ArgumentException("Only one of 'parent' and 'parentUrn' can be non-null.");
        }

        var parentPath = parent?.Urn ?? parentUrn?.ToOutput();
        var prefix = parentPath is not null
            ? parentPath.Apply(urn => urn[..urn.LastIndexOf("::", StringComparison.Ordinal)] + "$")
            : Output.Format($"urn:pulumi:{stack ?? Deployment.Instance.StackName}::{project ?? Deployment.Instance.ProjectName}::");
        return Output.Format($"{prefix}{type}::{name}");
    }

    /// <summary>The type of the resource itself, without those of its parents.</summary>
    internal static string TypeOf(string urn) => urn.Split("::")[2].Split('$')[^1];

    internal static string NameOf(string urn) => urn.Split("::")[3];
}
