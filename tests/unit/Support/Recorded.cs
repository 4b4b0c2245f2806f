using System.Collections.Immutable;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program.Evaluation;
using Pulumi;
using Pulumi.Utilities;

namespace GopherMesh.Tests.Unit;

/// <summary>Puts together what a stack transformation saw of a resource and what the mocks were given.</summary>
internal sealed class Recorded(
    IReadOnlyList<Registration> registered,
    IReadOnlyDictionary<(string Type, string Name), ImmutableDictionary<string, object>> inputs)
{
    private readonly Dictionary<Resource, DeclaredResource> _resolved = new(ReferenceEqualityComparer.Instance);

    public async Task<IReadOnlyList<DeclaredResource>> ResolveAsync()
    {
        // A resource can only depend on those that were constructed before it.
        foreach (var (resource, _, options) in registered)
        {
            var (type, name) = (resource.GetResourceType(), resource.GetResourceName());
            var dependsOn = await OutputUtilities.GetValueAsync(options.DependsOn.ToOutput());
            _resolved[resource] = new DeclaredResource(
                type,
                name,
                options.Parent is { } parent ? _resolved.GetValueOrDefault(parent) : null,
                [.. dependsOn.Select(dependency => _resolved[dependency])],
                (JsonObject)DeclaredResource.Json(inputs.GetValueOrDefault((type, name)) ?? [])!);
        }

        return [.. registered.Select(entry => _resolved[entry.Resource])];
    }
}
