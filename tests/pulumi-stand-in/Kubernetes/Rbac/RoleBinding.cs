using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Rbac.V1;

[KubernetesResourceType(Token)]
public class RoleBinding : KubernetesResource
{
    private const string Token = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";

    private static readonly string[] Former =
    [
        "kubernetes:rbac.authorization.k8s.io/v1alpha1:RoleBinding",
        "kubernetes:rbac.authorization.k8s.io/v1beta1:RoleBinding",
    ];

    public RoleBinding(string name, Types.Inputs.Rbac.V1.RoleBindingArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "rbac.authorization.k8s.io/v1", "RoleBinding"), MakeOptions(options, "", Former))
    {
    }

    private RoleBinding(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id, Former))
    {
    }

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("roleRef")]
    public Output<Types.Outputs.Rbac.V1.RoleRef> RoleRef { get; private set; } = null!;

    [Output("subjects")]
    public Output<ImmutableArray<Types.Outputs.Rbac.V1.Subject>> Subjects { get; private set; } = null!;

    public static RoleBinding Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
