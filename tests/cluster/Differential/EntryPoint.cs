namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>Where a request enters the mesh, and so which proxy's rules it meets.</summary>
public enum EntryPoint
{
    /// <summary>The gateway's port 80.</summary>
    Gateway,

    /// <summary>The gateway's other port, to which a load balancer passes what came by TLS.</summary>
    SecondPort,

    /// <summary>The sidecar of a pod in the namespace of what is asked, as the requester's is.</summary>
    Sidecar,

    /// <summary>The sidecar of a pod in another namespace.</summary>
    Elsewhere,
}
