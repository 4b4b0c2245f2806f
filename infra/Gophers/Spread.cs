using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra;

/// <summary>Spreads pods over zones and nodes, so that the loss of one takes as few of them as possible.</summary>
internal static class Spread
{
    private static readonly string[] Domains = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"];

    // A pod on the wrong node serves; a pod that waits for the right one does not. One-node clusters have no choice anyway.
    private const string Preferably = "ScheduleAnyway";

    /// <summary>Constraints over the pods that have <paramref name="labels"/>; pods of another revision of their Deployment do not count.</summary>
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

    /// <summary>The same as values of a chart, over the pods with one label.</summary>
    public static object[] AsValues(string label, string value) =>
    [
        .. Domains.Select(domain => new Dictionary<string, object>
        {
            ["maxSkew"] = 1,
            ["topologyKey"] = domain,
            ["whenUnsatisfiable"] = Preferably,
            ["labelSelector"] = new Dictionary<string, object> { ["matchLabels"] = new Dictionary<string, object> { [label] = value } },
            ["matchLabelKeys"] = new object[] { "pod-template-hash" },
        }),
    ];
}
