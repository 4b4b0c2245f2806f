namespace Pulumi.Kubernetes.Types.Inputs.Core.V1;

public class AffinityArgs : ResourceArgs
{
    [Input("nodeAffinity")]
    public Input<NodeAffinityArgs>? NodeAffinity { get; set; }

    [Input("podAffinity")]
    public Input<PodAffinityArgs>? PodAffinity { get; set; }

    [Input("podAntiAffinity")]
    public Input<PodAntiAffinityArgs>? PodAntiAffinity { get; set; }
}

public class NodeAffinityArgs : ResourceArgs
{
    [field: Input("preferredDuringSchedulingIgnoredDuringExecution")]
    public InputList<PreferredSchedulingTermArgs> PreferredDuringSchedulingIgnoredDuringExecution { get => field ??= []; set; }

    [Input("requiredDuringSchedulingIgnoredDuringExecution")]
    public Input<NodeSelectorArgs>? RequiredDuringSchedulingIgnoredDuringExecution { get; set; }
}

public class PreferredSchedulingTermArgs : ResourceArgs
{
    [Input("preference", required: true)]
    public Input<NodeSelectorTermArgs> Preference { get; set; } = null!;

    [Input("weight", required: true)]
    public Input<int> Weight { get; set; } = null!;
}

public class PodAffinityArgs : ResourceArgs
{
    [field: Input("preferredDuringSchedulingIgnoredDuringExecution")]
    public InputList<WeightedPodAffinityTermArgs> PreferredDuringSchedulingIgnoredDuringExecution { get => field ??= []; set; }

    [field: Input("requiredDuringSchedulingIgnoredDuringExecution")]
    public InputList<PodAffinityTermArgs> RequiredDuringSchedulingIgnoredDuringExecution { get => field ??= []; set; }
}

public class PodAntiAffinityArgs : ResourceArgs
{
    [field: Input("preferredDuringSchedulingIgnoredDuringExecution")]
    public InputList<WeightedPodAffinityTermArgs> PreferredDuringSchedulingIgnoredDuringExecution { get => field ??= []; set; }

    [field: Input("requiredDuringSchedulingIgnoredDuringExecution")]
    public InputList<PodAffinityTermArgs> RequiredDuringSchedulingIgnoredDuringExecution { get => field ??= []; set; }
}

public class WeightedPodAffinityTermArgs : ResourceArgs
{
    [Input("podAffinityTerm", required: true)]
    public Input<PodAffinityTermArgs> PodAffinityTerm { get; set; } = null!;

    [Input("weight", required: true)]
    public Input<int> Weight { get; set; } = null!;
}

public class PodAffinityTermArgs : ResourceArgs
{
    [Input("labelSelector")]
    public Input<Meta.V1.LabelSelectorArgs>? LabelSelector { get; set; }

    [field: Input("matchLabelKeys")]
    public InputList<string> MatchLabelKeys { get => field ??= []; set; }

    [Input("namespaceSelector")]
    public Input<Meta.V1.LabelSelectorArgs>? NamespaceSelector { get; set; }

    [field: Input("namespaces")]
    public InputList<string> Namespaces { get => field ??= []; set; }

    [Input("topologyKey", required: true)]
    public Input<string> TopologyKey { get; set; } = null!;
}
