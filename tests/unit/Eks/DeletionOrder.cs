using Declared = GopherMesh.Gopherctl.Program.Evaluation.DeclaredResource;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>
/// The order in which the engine deletes what is declared: a resource is deleted before all that it depends on. These are its provider,
/// its parent, the resources of the option DependsOn and of its inputs, and, if one of those is a component, that component's
/// children (pulumi, <c>pkg/resource/graph/dependency_graph.go</c>, <c>DependenciesOf</c>).
/// </summary>
internal sealed class DeletionOrder
{
    private readonly ILookup<string, string> _children;
    private readonly Dictionary<string, Declared> _resources;
    private readonly Dictionary<string, HashSet<string>> _after = [];

    public DeletionOrder(IReadOnlyList<Declared> resources)
    {
        _resources = resources.ToDictionary(resource => resource.Urn);
        _children = resources.Where(resource => resource.Parent is not null).ToLookup(resource => resource.Parent!, resource => resource.Urn);
    }

    /// <summary>Whether the engine deletes one resource only after it has deleted another.</summary>
    public bool Deletes(Declared first, Declared later) => After(first.Urn).Contains(later.Urn);

    private HashSet<string> After(string urn)
    {
        if (!_after.TryGetValue(urn, out var reached))
        {
            _after[urn] = reached = [];
            foreach (var next in Dependencies(_resources[urn]))
            {
                reached.Add(next);
                reached.UnionWith(After(next));
            }
        }

        return reached;
    }

    private IEnumerable<string> Dependencies(Declared resource) =>
        resource.DependsOn.Concat(resource.DependsOn.SelectMany(Descendants))
            .Append(resource.Provider).Append(resource.Parent)
            .OfType<string>().Where(urn => urn != resource.Urn);

    private IEnumerable<string> Descendants(string urn) => _children[urn].SelectMany(child => Descendants(child).Prepend(child));
}
