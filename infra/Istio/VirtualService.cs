using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Where the requests for a host go.</summary>
public sealed class VirtualService(string name, VirtualServiceArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:VirtualService";
}

/// <summary>The object that becomes a VirtualService.</summary>
public sealed class VirtualServiceArgs() : CustomResourceArgs(Api.Networking, "VirtualService")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<VirtualServiceSpecArgs> Spec { get; init; }
}
