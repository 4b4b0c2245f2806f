namespace Pulumi.Kubernetes.Policy.V1;

[KubernetesResourceType(Token)]
public class PodDisruptionBudget : KubernetesResource
{
    private const string Token = "kubernetes:policy/v1:PodDisruptionBudget";

    private static readonly string[] Former =
    [
        "kubernetes:policy/v1beta1:PodDisruptionBudget",
    ];

    public PodDisruptionBudget(string name, Types.Inputs.Policy.V1.PodDisruptionBudgetArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "policy/v1", "PodDisruptionBudget"), MakeOptions(options, "", Former))
    {
    }

    private PodDisruptionBudget(string name, Input<string> id, CustomResourceOptions? options)
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
    public Output<Types.Outputs.Policy.V1.PodDisruptionBudgetSpec> Spec { get; private set; } = null!;

    [Output("status")]
    public Output<Types.Outputs.Policy.V1.PodDisruptionBudgetStatus> Status { get; private set; } = null!;

    public static PodDisruptionBudget Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
