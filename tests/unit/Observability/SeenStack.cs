namespace GopherMesh.Tests.Unit;

/// <summary>A stack on an existing cluster with the tools that show the mesh.</summary>
internal static class SeenStack
{
    public const string Release = "kubernetes:helm.sh/v3:Release";
    public const string ConfigMap = "kubernetes:core/v1:ConfigMap";

    /// <summary>What it declares with <paramref name="changes"/> to its settings.</summary>
    public static Task<StackUnderTest> WithAsync(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("observability", "true"), .. changes]));

    /// <summary>The release <paramref name="name"/> of it.</summary>
    public static async Task<DeclaredResource> ReleaseAsync(string name, params (string, string)[] changes) =>
        (await WithAsync(changes))[Release, name];
}
