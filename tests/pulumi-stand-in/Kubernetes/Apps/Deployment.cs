namespace Pulumi.Kubernetes.Apps.V1;

[KubernetesResourceType(Token)]
public class Deployment : KubernetesResource
{
    private const string Token = "kubernetes:apps/v1:Deployment";

    private static readonly string[] Former =
    [
        "kubernetes:apps/v1beta1:Deployment",
        "kubernetes:apps/v1beta2:Deployment",
        "kubernetes:extensions/v1beta1:Deployment",
    ];

    public Deployment(string name, Types.Inputs.Apps.V1.DeploymentArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "apps/v1", "Deployment"), MakeOptions(options, "", Former))
    {
    }

    private Deployment(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id, Former))
    {
    }

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("spec")]
    public Output<Types.Outputs.Apps.V1.DeploymentSpec> Spec { get; private set; } = null!;

    [Output("status")]
    public Output<Types.Outputs.Apps.V1.DeploymentStatus> Status { get; private set; } = null!;

    public static Deployment Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
