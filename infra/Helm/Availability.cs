using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Helm;

/// <summary>Spreads pods over zones and nodes, so that the loss of one takes as few of them as possible.</summary>
internal static class Spread
{
    private const string Zone = "topology.kubernetes.io/zone";

    private static readonly string[] Domains = [Zone, "kubernetes.io/hostname"];

    // A pod on the wrong node serves; a pod that waits for the right one does not. One-node clusters have no choice anyway.
    private const string Preferably = "ScheduleAnyway";

    // Used where the cluster starts a node in another zone for a pod that has to wait.
    private const string Only = "DoNotSchedule";

    /// <summary>Constraints over the pods with all of <paramref name="labels"/>; another revision of their Deployment does not count.</summary>
    public static TopologySpreadConstraintArgs[] Over(Dictionary<string, string> labels) =>
    [
        .. Domains.Select(domain => new TopologySpreadConstraintArgs
        {
            MaxSkew = 1,
            TopologyKey = domain,
            WhenUnsatisfiable = Preferably,
            LabelSelector = new LabelSelectorArgs { MatchLabels = labels },
            MatchLabelKeys = "pod-template-hash",
        }),
    ];

    /// <summary>The same as values of a chart, over the pods with one label; two pods get two zones, where the cluster can start the nodes.</summary>
    /// <param name="label">The label's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="nodesInEveryZone">Whether the cluster starts a node in another zone when a pod's spread constraint requires one.</param>
    public static object[] AsValues(string label, string value, bool nodesInEveryZone) =>
        [.. Domains.Select(domain => Constraint(domain, label, value, nodesInEveryZone && domain == Zone))];

    private static Map Constraint(string domain, string label, string value, bool isRequired)
    {
        var constraint = new Map
        {
            ["maxSkew"] = 1,
            ["topologyKey"] = domain,
            ["whenUnsatisfiable"] = isRequired ? Only : Preferably,
            ["labelSelector"] = new Map { ["matchLabels"] = new Map { [label] = value } },
            ["matchLabelKeys"] = new object[] { "pod-template-hash" },
        };
        if (isRequired)
        {
            // The scheduler knows only the zones that have a node. On a new cluster it would know one zone, and place both pods there.
            constraint["minDomains"] = 2;
        }

        return constraint;
    }
}

/// <summary>How many of a chart's pods may be missing while nodes are drained.</summary>
internal static class DisruptionBudget
{
    /// <summary>
    /// One ready pod, and any number of pods that are not ready: a pod that cannot start must not block the drain of its node
    /// (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
    /// </summary>
    public static Map OneAtATime() => new()
    {
        ["maxUnavailable"] = 1,
        ["unhealthyPodEvictionPolicy"] = "AlwaysAllow",
    };
}

/// <summary>Pods that lose something when they are moved: metrics kept on the node, or the metrics that alerts are made of.</summary>
internal static class DoNotDisrupt
{
    /// <summary>
    /// Annotations that keep Karpenter, also in EKS Auto Mode, from moving the pod to save a node
    /// (https://karpenter.sh/docs/concepts/disruption/). A PodDisruptionBudget for a single pod would block every <c>kubectl drain</c>.
    /// </summary>
    public static Map Annotations() => new() { ["karpenter.sh/do-not-disrupt"] = "true" };
}
