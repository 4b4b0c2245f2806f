namespace Pulumi.Kubernetes.Core.V1;

[KubernetesResourceType(Token)]
public class Namespace : KubernetesResource
{
    private const string Token = "kubernetes:core/v1:Namespace";

    public Namespace(string name, Types.Inputs.Core.V1.NamespaceArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "v1", "Namespace"), MakeOptions(options, ""))
    {
    }

    private Namespace(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id))
    {
    }

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("spec")]
    public Output<Types.Outputs.Core.V1.NamespaceSpec> Spec { get; private set; } = null!;

    [Output("status")]
    public Output<Types.Outputs.Core.V1.NamespaceStatus> Status { get; private set; } = null!;

    public static Namespace Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
