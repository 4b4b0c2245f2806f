using Pulumi;

namespace GopherMesh.Infra.Conventions;

/// <summary>Annotations that say who owns an object.</summary>
public static class Ownership
{
    /// <summary>
    /// Annotations of an object that the stack alone owns: Pulumi overwrites fields that another field manager has set. Without them an edit
    /// by hand makes every later <c>pulumi up</c> fail with a conflict (Kubernetes, "Server-Side Apply", conflicts; pulumi-kubernetes,
    /// patchForce). In a namespace or a ConfigMap Pulumi overwrites only the labels and keys that the stack declares. A Deployment does not
    /// have them, because an autoscaler may set its replicas.
    /// </summary>
    public static InputMap<string> Alone => new() { ["pulumi.com/patchForce"] = "true" };
}
