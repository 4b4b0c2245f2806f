namespace Pulumi.Kubernetes.Networking.V1;

[KubernetesResourceType(Token)]
public class NetworkPolicy : KubernetesResource
{
    private const string Token = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

    private static readonly string[] Former =
    [
        "kubernetes:extensions/v1beta1:NetworkPolicy",
    ];

    public NetworkPolicy(string name, Types.Inputs.Networking.V1.NetworkPolicyArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "networking.k8s.io/v1", "NetworkPolicy"), MakeOptions(options, "", Former))
    {
    }

    private NetworkPolicy(string name, Input<string> id, CustomResourceOptions? options)
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
    public Output<Types.Outputs.Networking.V1.NetworkPolicySpec> Spec { get; private set; } = null!;

    public static NetworkPolicy Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
