using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>What the cluster has of a version of the distributor.</summary>
internal static class ObjectsOfVersion
{
    /// <summary>Whatever is labelled with the version, of every kind that is declared and of those that a Deployment makes.</summary>
    /// <returns>E.g. <c>deployment.apps/gopher-distributor-v1</c>.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(Rendering declared, string version)
    {
        var kinds = declared.Objects
            .Where(item => item.Namespace is not null)
            .Select(item => item.Group.Length > 0 ? $"{item.Kind}.{item.Group}" : item.Kind)
            .Append("ReplicaSet.apps")
            .Append("Pod")
            .Distinct();
        var selector = $"app=gopher-distributor,version={version}";
        var names = await Kubectl.RunAsync(
            "get", string.Join(',', kinds), "--all-namespaces", "--selector", selector, "--output", "name");
        return names.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
