using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Observability;

/// <summary>Pods that lose something when they are moved: metrics kept on the node, or the metrics that alerts are made of.</summary>
internal static class Undisturbed
{
    /// <summary>
    /// Annotations by which Karpenter, in EKS Auto Mode too, moves no pod to save a node (https://karpenter.sh/docs/concepts/disruption/). No
    /// PodDisruptionBudget: of a single pod it would stop every <c>kubectl drain</c>.
    /// </summary>
    public static Map Annotations() => new() { ["karpenter.sh/do-not-disrupt"] = "true" };
}
