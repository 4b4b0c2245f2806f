using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Program;

/// <summary>
/// The order in which the engine may create what is declared: no resource before one that it or one of its parents depends on. A
/// dependency on a component is one on all its children (pulumi-dotnet sdk/Pulumi/Deployment/Deployment_Prepare.cs). Where this allows
/// several orders, the order of construction stays.
/// </summary>
internal sealed class DependencyOrder
{
    private readonly Dictionary<string, DeclaredResource> _byUrn;
    private readonly ILookup<string?, DeclaredResource> _children;
    private readonly List<DeclaredResource> _ordered = [];
    private readonly Dictionary<string, HashSet<string>> _needs = [];
    private readonly Dictionary<string, bool> _isDone = [];

    /// <summary>Orders the resources.</summary>
    /// <exception cref="InvalidOperationException">The dependencies form a circle.</exception>
    public DependencyOrder(IReadOnlyList<DeclaredResource> resources)
    {
        _byUrn = resources.ToDictionary(resource => resource.Urn);
        _children = resources.ToLookup(resource => resource.Parent);
        foreach (var resource in resources)
        {
            Visit(resource);
        }
    }

    /// <summary>The resources in that order.</summary>
    public IReadOnlyList<DeclaredResource> Resources => _ordered;

    /// <summary>The URNs of all resources that must exist before a resource.</summary>
    public IReadOnlySet<string> Needs(DeclaredResource resource) => _needs[resource.Urn];

    private void Visit(DeclaredResource resource)
    {
        if (_isDone.TryGetValue(resource.Urn, out var done))
        {
            if (!done)
            {
                throw new InvalidOperationException($"the declared dependencies of {resource.Urn} form a circle");
            }

            return;
        }

        _isDone[resource.Urn] = false;
        var needs = new HashSet<string>();
        foreach (var dependency in Needed(resource))
        {
            Visit(dependency);
            needs.Add(dependency.Urn);
            needs.UnionWith(_needs[dependency.Urn]);
        }

        _needs[resource.Urn] = needs;
        _isDone[resource.Urn] = true;
        _ordered.Add(resource);
    }

    private IEnumerable<DeclaredResource> Needed(DeclaredResource resource)
    {
        DeclaredResource[] lineage = [resource, .. Lineage(resource)];
        return lineage.SelectMany(dependent => dependent.DependsOn.Append(dependent.Provider))
            .Where(urn => urn is not null && _byUrn.ContainsKey(urn))
            .Select(urn => _byUrn[urn!])
            .Except(lineage)
            .SelectMany(Members);
    }

    private IEnumerable<DeclaredResource> Members(DeclaredResource resource) => _children[resource.Urn].SelectMany(Members).Prepend(resource);

    private IEnumerable<DeclaredResource> Lineage(DeclaredResource resource)
    {
        for (var urn = resource.Parent; urn is not null && _byUrn.TryGetValue(urn, out var parent); urn = parent.Parent)
        {
            yield return parent;
        }
    }
}
