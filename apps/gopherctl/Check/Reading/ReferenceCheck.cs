using System.Text.Json;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Reading;

/// <summary>The URNs in resources.json: each resource has one of its own, and names only those of others that are there.</summary>
internal static class ReferenceCheck
{
    /// <summary>Checks every reference.</summary>
    /// <exception cref="JsonException">One is wrong.</exception>
    public static void Run(IReadOnlyList<DeclaredResource> resources)
    {
        var all = resources.Select(resource => resource.Urn).ToHashSet();
        var before = new HashSet<string>();
        foreach (var resource in resources)
        {
            // A parent is constructed first; to insist on it also keeps a circle of parents out.
            if (resource.Parent is { } parent && !before.Contains(parent))
            {
                throw new JsonException($"the parent of {resource.Urn} is not among the resources before it: {parent}");
            }

            if (!before.Add(resource.Urn))
            {
                throw new JsonException($"{resource.Urn} is there twice");
            }

            if (References(resource).FirstOrDefault(urn => !all.Contains(urn)) is { } unknown)
            {
                throw new JsonException($"{resource.Urn} refers to a resource that is not there: {unknown}");
            }
        }
    }

    private static IEnumerable<string> References(DeclaredResource resource) =>
        resource.DependsOn.Append(resource.Provider).Append(resource.DeletedWith).OfType<string>();
}
