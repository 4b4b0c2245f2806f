namespace Pulumi.Kubernetes.Core.V1;

[KubernetesResourceType(Token)]
public class ServiceAccount : KubernetesResource
{
    private const string Token = "kubernetes:core/v1:ServiceAccount";

    public ServiceAccount(string name, Types.Inputs.Core.V1.ServiceAccountArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "v1", "ServiceAccount"), MakeOptions(options, ""))
    {
    }

    private ServiceAccount(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id))
    {
    }

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("automountServiceAccountToken")]
    public Output<bool> AutomountServiceAccountToken { get; private set; } = null!;

    public static ServiceAccount Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
