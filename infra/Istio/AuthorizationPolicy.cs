using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Who may ask a workload what. Once one that allows applies to a workload, whatever none of them allows is refused.</summary>
public sealed class AuthorizationPolicy(string name, AuthorizationPolicyArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Security}:AuthorizationPolicy";
}

/// <summary>The object that becomes an AuthorizationPolicy.</summary>
public sealed class AuthorizationPolicyArgs() : CustomResourceArgs(Api.Security, "AuthorizationPolicy")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<AuthorizationPolicySpecArgs> Spec { get; init; }
}
