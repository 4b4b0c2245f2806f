using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;

namespace GopherMesh.Infra.Istio;

/// <summary>The subsets of a host, and how proxies treat the connections to them.</summary>
public sealed class DestinationRule(string name, DestinationRuleArgs args, CustomResourceOptions? options = null) : CustomResource(name, args, options)
{
    /// <summary>Its type, as Pulumi names it.</summary>
    public const string Token = $"kubernetes:{Api.Networking}:DestinationRule";
}

/// <summary>The object that becomes a DestinationRule.</summary>
public sealed class DestinationRuleArgs() : CustomResourceArgs(Api.Networking, "DestinationRule")
{
    /// <summary>What is asked for.</summary>
    [Input("spec", required: true)]
    public required Input<DestinationRuleSpecArgs> Spec { get; init; }
}
