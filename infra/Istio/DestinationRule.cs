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
    /// <summary>The spec.</summary>
    [Input("spec", required: true)]
    public required Input<DestinationRuleSpecArgs> Spec { get; init; }
}

/// <summary>The spec of a DestinationRule.</summary>
public sealed class DestinationRuleSpecArgs : ResourceArgs
{
    /// <summary>Fully qualified name of the Service.</summary>
    [Input("host", required: true)]
    public required Input<string> Host { get; init; }

    /// <summary>How to treat all of its pods.</summary>
    [Input("trafficPolicy")]
    public Input<TrafficPolicyArgs>? TrafficPolicy { get; init; }

    /// <summary>Named sets of its pods.</summary>
    [Input("subsets")]
    public InputList<SubsetArgs>? Subsets { get; init; }
}

/// <summary>A named set of pods.</summary>
public sealed class SubsetArgs : ResourceArgs
{
    /// <summary>Its name.</summary>
    [Input("name", required: true)]
    public required Input<string> Name { get; init; }

    /// <summary>Labels of its pods.</summary>
    [Input("labels", required: true)]
    public required InputMap<string> Labels { get; init; }

    /// <summary>How to treat its pods.</summary>
    [Input("trafficPolicy")]
    public Input<TrafficPolicyArgs>? TrafficPolicy { get; init; }
}
