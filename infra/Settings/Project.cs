namespace GopherMesh.Infra;

/// <summary>The Pulumi project that the settings belong to.</summary>
public static class Project
{
    /// <summary>The project's name in Pulumi.yaml; also the namespace of its configuration keys.</summary>
    public const string Name = "gopher-mesh";
}
