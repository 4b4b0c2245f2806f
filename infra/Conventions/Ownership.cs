using Pulumi;

namespace GopherMesh.Infra.Conventions;

/// <summary>Annotations that say who owns an object.</summary>
public static class Ownership
{
    /// <summary>
    /// Annotations of an object that the stack alone owns: Pulumi takes over what another manager of its fields has set. Without it an edit
    /// by hand makes every later <c>pulumi up</c> fail with a conflict (Kubernetes, "Server-Side Apply", conflicts; pulumi-kubernetes,
    /// patchForce). Of a namespace or a ConfigMap only the labels and keys that the stack declares are concerned; others' stay. Not for a
    /// Deployment, whose replicas an autoscaler may set.
    /// </summary>
    public static InputMap<string> Alone => new() { ["pulumi.com/patchForce"] = "true" };
}
