namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class TopologySpreadConstraintArgs : ResourceArgs
{
    [Input("labelSelector")]
    public Input<Meta.V1.LabelSelectorArgs>? LabelSelector { get; set; }

    [field: Input("matchLabelKeys")]
    public InputList<string> MatchLabelKeys { get => field ??= []; set; }

    [Input("maxSkew", required: true)]
    public Input<int> MaxSkew { get; set; } = null!;

    [Input("minDomains")]
    public Input<int>? MinDomains { get; set; }

    [Input("nodeAffinityPolicy")]
    public Input<string>? NodeAffinityPolicy { get; set; }

    [Input("nodeTaintsPolicy")]
    public Input<string>? NodeTaintsPolicy { get; set; }

    [Input("topologyKey", required: true)]
    public Input<string> TopologyKey { get; set; } = null!;

    [Input("whenUnsatisfiable", required: true)]
    public Input<string> WhenUnsatisfiable { get; set; } = null!;
}

public class TolerationArgs : ResourceArgs
{
    [Input("effect")]
    public Input<string>? Effect { get; set; }

    [Input("key")]
    public Input<string>? Key { get; set; }

    [Input("operator")]
    public Input<string>? Operator { get; set; }

    [Input("tolerationSeconds")]
    public Input<int>? TolerationSeconds { get; set; }

    [Input("value")]
    public Input<string>? Value { get; set; }
}

public class NodeSelectorArgs : ResourceArgs
{
    [field: Input("nodeSelectorTerms", required: true)]
    public InputList<NodeSelectorTermArgs> NodeSelectorTerms { get => field ??= []; set; }
}

public class NodeSelectorTermArgs : ResourceArgs
{
    [field: Input("matchExpressions")]
    public InputList<NodeSelectorRequirementArgs> MatchExpressions { get => field ??= []; set; }

    [field: Input("matchFields")]
    public InputList<NodeSelectorRequirementArgs> MatchFields { get => field ??= []; set; }
}

public class NodeSelectorRequirementArgs : ResourceArgs
{
    [Input("key", required: true)]
    public Input<string> Key { get; set; } = null!;

    [Input("operator", required: true)]
    public Input<string> Operator { get; set; } = null!;

    [field: Input("values")]
    public InputList<string> Values { get => field ??= []; set; }
}
