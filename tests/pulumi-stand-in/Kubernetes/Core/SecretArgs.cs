namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class SecretArgs : ResourceArgs, IKubernetesObjectArgs
{
    [Input("apiVersion")]
    public Input<string>? ApiVersion { get; set; }

    [Input("kind")]
    public Input<string>? Kind { get; set; }

    [Input("metadata")]
    public Input<Meta.V1.ObjectMetaArgs>? Metadata { get; set; }

    [field: Input("data")]
    public InputMap<string> Data { get => field ??= []; set; }

    [Input("immutable")]
    public Input<bool>? Immutable { get; set; }

    [field: Input("stringData")]
    public InputMap<string> StringData { get => field ??= []; set; }

    [Input("type")]
    public Input<string>? Type { get; set; }
}
