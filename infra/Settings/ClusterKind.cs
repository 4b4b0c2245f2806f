namespace GopherMesh.Infra.Settings;

/// <summary>Where the mesh lives.</summary>
public enum ClusterKind
{
    /// <summary>An EKS cluster that the stack creates and owns.</summary>
    Eks,

    /// <summary>A cluster that is there already, reached by a context of the user's kubeconfig.</summary>
    Existing,
}
