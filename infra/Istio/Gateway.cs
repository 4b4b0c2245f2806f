using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Which hosts and ports the proxies at the edge of the mesh serve.</summary>
public sealed class Gateway(string name, GatewayArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:Gateway";
}

/// <summary>The object that becomes a Gateway.</summary>
public sealed class GatewayArgs() : CustomResourceArgs(Api.Networking, "Gateway")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<GatewaySpecArgs> Spec { get; init; }
}
