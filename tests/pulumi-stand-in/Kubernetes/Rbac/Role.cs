using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Rbac.V1;

[KubernetesResourceType(Token)]
public class Role : KubernetesResource
{
    private const string Token = "kubernetes:rbac.authorization.k8s.io/v1:Role";

    private static readonly string[] Former =
    [
        "kubernetes:rbac.authorization.k8s.io/v1alpha1:Role",
        "kubernetes:rbac.authorization.k8s.io/v1beta1:Role",
    ];

    public Role(string name, Types.Inputs.Rbac.V1.RoleArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args, "rbac.authorization.k8s.io/v1", "Role"), MakeOptions(options, "", Former))
    {
    }

    private Role(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id, Former))
    {
    }

    [Output("apiVersion")]
    public Output<string> ApiVersion { get; private set; } = null!;

    [Output("kind")]
    public Output<string> Kind { get; private set; } = null!;

    [Output("metadata")]
    public Output<Types.Outputs.Meta.V1.ObjectMeta> Metadata { get; private set; } = null!;

    [Output("rules")]
    public Output<ImmutableArray<Types.Outputs.Rbac.V1.PolicyRule>> Rules { get; private set; } = null!;

    public static Role Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);
}
