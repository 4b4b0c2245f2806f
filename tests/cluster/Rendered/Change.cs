namespace GopherMesh.Tests.Cluster.Rendered;

/// <summary>What differs between two renderings, in the program's order: creations and updates, then deletions in reverse.</summary>
internal sealed record Change(IReadOnlyList<DeclaredObject> Applied, IReadOnlyList<DeclaredObject> Deleted)
{
    /// <summary>The releases of both whose values differ. One that is new or gone is not a change of what is installed.</summary>
    public IReadOnlyList<DeclaredRelease> Upgraded { get; init; } = [];

    public static Change Between(Rendering before, Rendering after)
    {
        var old = before.Objects.ToDictionary(item => item.Identity);
        var kept = after.Objects.Select(item => item.Identity).ToHashSet();
        return new Change(
            [.. after.Objects.Where(item => !old.TryGetValue(item.Identity, out var was) || was.Text != item.Text)],
            [.. before.Objects.Where(item => !kept.Contains(item.Identity)).Reverse()])
        {
            Upgraded = [.. after.Releases.Where(next => before.Releases.Any(was => was.Name == next.Name && was.Text != next.Text))],
        };
    }
}
