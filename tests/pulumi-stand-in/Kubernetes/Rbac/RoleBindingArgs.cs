namespace Pulumi.Kubernetes.Types.Inputs.Rbac.V1;

public class RoleBindingArgs : ResourceArgs, IKubernetesObjectArgs
{
    [Input("apiVersion")]
    public Input<string>? ApiVersion { get; set; }

    [Input("kind")]
    public Input<string>? Kind { get; set; }

    [Input("metadata")]
    public Input<Meta.V1.ObjectMetaArgs>? Metadata { get; set; }

    [Input("roleRef", required: true)]
    public Input<RoleRefArgs> RoleRef { get; set; } = null!;

    [field: Input("subjects")]
    public InputList<SubjectArgs> Subjects { get => field ??= []; set; }
}
