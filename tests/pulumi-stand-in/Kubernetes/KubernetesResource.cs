namespace Pulumi.Kubernetes;

/// <summary>A Kubernetes object, or a Helm release.</summary>
public abstract class KubernetesResource : CustomResource
{
    internal KubernetesResource(string type, string name, ResourceArgs? args, CustomResourceOptions? options = null)
        : base(type, name, args, options)
    {
    }
}
