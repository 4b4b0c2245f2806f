using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>
/// The namespaces that a rendering adds to what is installed, as long as this lives. A dry run creates none, and the API server refuses
/// what would be in them.
/// </summary>
internal sealed class NewNamespaces : IAsyncDisposable
{
    private readonly IReadOnlyList<DeclaredObject> _namespaces;

    private NewNamespaces(IReadOnlyList<DeclaredObject> namespaces) => _namespaces = namespaces;

    public static async Task<NewNamespaces> CreateAsync(Rendering installed, Rendering next)
    {
        var there = installed.Objects.Select(item => item.Identity).ToHashSet();
        var namespaces = next.Objects.Where(item => item.Kind == "Namespace" && !there.Contains(item.Identity)).ToList();
        foreach (var item in namespaces)
        {
            await Kubectl.ApplyAsync(item.Text);
        }

        return new NewNamespaces(namespaces);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var item in _namespaces)
        {
            await Kubectl.RunOnAsync([item.Text], "delete", "--wait", "--timeout=120s");
        }
    }
}
