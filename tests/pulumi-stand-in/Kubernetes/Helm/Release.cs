namespace Pulumi.Kubernetes.Helm.V3;

/// <summary>A Helm release, installed by the provider with Helm's own engine.</summary>
[KubernetesResourceType(Token)]
public partial class Release : KubernetesResource
{
    private const string Token = "kubernetes:helm.sh/v3:Release";

    public Release(string name, Types.Inputs.Helm.V3.ReleaseArgs? args = null, CustomResourceOptions? options = null)
        : base(Token, name, MakeArgs(args), MakeOptions(options, ""))
    {
    }

    private Release(string name, Input<string> id, CustomResourceOptions? options)
        : base(Token, name, null, MakeOptions(options, id))
    {
    }

    public static Release Get(string name, Input<string> id, CustomResourceOptions? options = null) => new(name, id, options);

    // With "compat" the provider takes the arguments of this class, and not those of the older helm chart resources.
    private static Types.Inputs.Helm.V3.ReleaseArgs MakeArgs(Types.Inputs.Helm.V3.ReleaseArgs? args)
    {
        args ??= new();
        args.Compat = "true";
        return args;
    }
}
