using Pulumi;

namespace GopherMesh.Infra.Istio;

/// <summary>What a DestinationRule asks for.</summary>
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
