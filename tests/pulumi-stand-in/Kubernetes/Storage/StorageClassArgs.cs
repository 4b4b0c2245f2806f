namespace Pulumi.Kubernetes.Types.Inputs.Storage.V1;

public class StorageClassArgs : ResourceArgs, IKubernetesObjectArgs
{
    [Input("allowVolumeExpansion")]
    public Input<bool>? AllowVolumeExpansion { get; set; }

    [Input("apiVersion")]
    public Input<string>? ApiVersion { get; set; }

    [Input("kind")]
    public Input<string>? Kind { get; set; }

    [Input("metadata")]
    public Input<Meta.V1.ObjectMetaArgs>? Metadata { get; set; }

    [field: Input("mountOptions")]
    public InputList<string> MountOptions { get => field ??= []; set; }

    [field: Input("parameters")]
    public InputMap<string> Parameters { get => field ??= []; set; }

    [Input("provisioner", required: true)]
    public Input<string> Provisioner { get; set; } = null!;

    [Input("reclaimPolicy")]
    public Input<string>? ReclaimPolicy { get; set; }

    [Input("volumeBindingMode")]
    public Input<string>? VolumeBindingMode { get; set; }
}
