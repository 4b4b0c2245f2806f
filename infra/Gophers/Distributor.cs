using System.Collections.Immutable;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>gopher-distributor: one Service over all deployed versions.</summary>
public sealed class Distributor : ComponentResource
{
    /// <summary>Declares the versions that <paramref name="settings"/> ask for, behind <paramref name="security"/>.</summary>
    public Distributor(StackSettings settings, GopherNamespace home, MeshSecurity security)
        : base("gopher-mesh:gophers:Distributor", Names.Distributor, home.ForComponent())
    {
        var (account, service) = GopherService.Declare(Names.Distributor, home, this);
        Resource[] before = [account, service, .. security.Ready];
        var versions = settings.Rollout.Deployed
            .Select(version => (Name: version, Parts: new DistributorVersion(version, settings, home, this, before))).ToList();
        Ready = [service, .. versions.SelectMany(version => new Resource[] { version.Parts.Subset, version.Parts.Pods })];
        Images = versions.ToImmutableSortedDictionary(version => version.Name, version => version.Parts.Image);
        RegisterOutputs();
    }

    /// <summary>What a route to the distributor depends on: the Service, and every deployed version's subset and pods.</summary>
    public ImmutableArray<Resource> Ready { get; }

    /// <summary>The image that the pods of each deployed version run.</summary>
    public IReadOnlyDictionary<string, Input<string>> Images { get; }
}
