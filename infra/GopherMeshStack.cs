namespace GopherMesh.Infra;

/// <summary>The system, as one reads it.</summary>
public static class GopherMeshStack
{
    /// <summary>Declares everything that the stack's configuration asks for, and returns the stack's outputs.</summary>
    /// <exception cref="SettingsException">The configuration is wrong; nothing was declared.</exception>
    public static IDictionary<string, object?> Declare()
    {
        var settings = Settings.Read(StackConfig.Read());

        var cluster = Clusters.Declare(settings);

        return new Dictionary<string, object?>
        {
            ["kubeconfig"] = cluster.Kubeconfig,
        };
    }
}
