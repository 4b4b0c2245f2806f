using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Storage.V1;

[KubernetesResourceType(Token)]
public class StorageClass : KubernetesResource
{
    private const string Token = "kubernetes:storage.k8s.io/v1:StorageClass";

    private static readonly string[] Former = ["kubernetes:storage.k8s.io/v1beta1:StorageClass"];

    public StorageClass(string name, Types.Inputs.Storage.V1.StorageClassArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "storage.k8s.io/v1", "StorageClass"), MakeOptions(options, "", Former))
    {
    }

    private StorageClass(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id, Former))
    {
    }

    [Output("allowVolumeExpansion")]
    public Output<bool> AllowVolumeExpansion { get; private set; } = null!;

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("mountOptions")]
    public Output<ImmutableArray<string>> MountOptions { get; private set; } = null!;

    [Output("parameters")]
    public Output<ImmutableDictionary<string, string>> Parameters { get; private set; } = null!;

    [Output("provisioner")]
    public Output<string> Provisioner { get; private set; } = null!;

    [Output("reclaimPolicy")]
    public Output<string> ReclaimPolicy { get; private set; } = null!;

    [Output("volumeBindingMode")]
    public Output<string> VolumeBindingMode { get; private set; } = null!;

    public static StorageClass Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
