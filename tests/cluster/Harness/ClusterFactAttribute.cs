namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>A fact that needs a cluster: skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterFactAttribute : FactAttribute
{
    public ClusterFactAttribute() => Skip = ClusterSettings.SkipReason;
}

/// <summary>A theory that needs a cluster: skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ClusterTheoryAttribute : TheoryAttribute
{
    public ClusterTheoryAttribute() => Skip = ClusterSettings.SkipReason;
}
