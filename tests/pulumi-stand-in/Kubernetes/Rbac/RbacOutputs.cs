using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Types.Outputs.Rbac.V1;

[OutputType]
public sealed class PolicyRule
{
    public readonly ImmutableArray<string> ApiGroups;
    public readonly ImmutableArray<string> NonResourceURLs;
    public readonly ImmutableArray<string> ResourceNames;
    public readonly ImmutableArray<string> Resources;
    public readonly ImmutableArray<string> Verbs;

    [OutputConstructor]
    private PolicyRule(
        ImmutableArray<string> apiGroups,
        ImmutableArray<string> nonResourceURLs,
        ImmutableArray<string> resourceNames,
        ImmutableArray<string> resources,
        ImmutableArray<string> verbs)
    {
        ApiGroups = apiGroups;
        NonResourceURLs = nonResourceURLs;
        ResourceNames = resourceNames;
        Resources = resources;
        Verbs = verbs;
    }
}

[OutputType]
public sealed class RoleRef
{
    public readonly string ApiGroup;
    public readonly string Kind;
    public readonly string Name;

    [OutputConstructor]
    private RoleRef(string apiGroup, string kind, string name)
        => (ApiGroup, Kind, Name)
            = (apiGroup, kind, name);
}

[OutputType]
public sealed class Subject
{
    public readonly string ApiGroup;
    public readonly string Kind;
    public readonly string Name;
    public readonly string Namespace;

    [OutputConstructor]
    private Subject(string apiGroup, string kind, string name, string @namespace)
        => (ApiGroup, Kind, Name, Namespace)
            = (apiGroup, kind, name, @namespace);
}
