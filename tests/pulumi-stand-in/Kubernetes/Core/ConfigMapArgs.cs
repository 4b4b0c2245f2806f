namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class ConfigMapArgs : ResourceArgs, IKubernetesObjectArgs
{
    [Input("apiVersion")]
    public Input<string>? ApiVersion { get; set; }

    [Input("kind")]
    public Input<string>? Kind { get; set; }

    [Input("metadata")]
    public Input<Meta.V1.ObjectMetaArgs>? Metadata { get; set; }

    [field: Input("binaryData")]
    public InputMap<string> BinaryData { get => field ??= []; set; }

    [field: Input("data")]
    public InputMap<string> Data { get => field ??= []; set; }

    [Input("immutable")]
    public Input<bool>? Immutable { get; set; }
}
