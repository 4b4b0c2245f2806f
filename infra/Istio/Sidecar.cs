using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>Which hosts the proxies of a namespace know, and what they do with requests to other hosts.</summary>
public sealed class Sidecar(string name, SidecarArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:Sidecar";
}

/// <summary>The object that becomes a Sidecar.</summary>
public sealed class SidecarArgs() : CustomResourceArgs(Api.Networking, "Sidecar")
{
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<SidecarSpecArgs> Spec { get; init; }
}

/// <summary>The spec of a Sidecar.</summary>
public sealed class SidecarSpecArgs : ResourceArgs
{
    /// <summary>The hosts that the pods may call.</summary>
    [Input("egress", required: true)]
    public required InputList<SidecarEgressArgs> Egress { get; init; }

    /// <summary>What happens to requests to other hosts.</summary>
    [Input("outboundTrafficPolicy", required: true)]
    public required Input<OutboundTrafficPolicyArgs> OutboundTrafficPolicy { get; init; }
}

/// <summary>Hosts that proxies know.</summary>
public sealed class SidecarEgressArgs : ResourceArgs
{
    /// <summary>Each <c>NAMESPACE/HOST</c>; the namespace <c>.</c> is the Sidecar's own, the host <c>*</c> any.</summary>
    [Input("hosts", required: true)]
    public required InputList<string> Hosts { get; init; }
}

/// <summary>What happens to requests to hosts that a proxy does not know.</summary>
public sealed class OutboundTrafficPolicyArgs : ResourceArgs
{
    /// <summary><c>REGISTRY_ONLY</c> refuses them; Istio's own default, <c>ALLOW_ANY</c>, forwards them.</summary>
    [Input("mode", required: true)]
    public required Input<string> Mode { get; init; }
}
