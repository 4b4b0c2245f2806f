namespace GopherMesh.Tests.Unit.Order;

/// <summary>What Istio and the tools that watch it are told to depend on.</summary>
internal static class MeshEdges
{
    private const string MeshHoldsIt = "The charts before it need the namespace, too; that it is the last to go is said of each.";
    private const string Policy = "NetworkPolicy tools";
    private const string OthersHoldIt = "What it mounts and what protects it are in the namespace, too; that it is the last to go is said of each.";

    public static IReadOnlyList<EdgeGroup> All { get; } =
    [
        new("gopher-mesh:eks:Nodes cluster",
            "Its pods run on the nodes; the gateway's load balancer is only taken away while they and the network are there.",
            "Namespace istio-system"),
        new("gopher-mesh:eks:Nodes cluster", "Its volumes are taken away from the nodes.", "StorageClass metrics"),
        new("Namespace istio-system", "A deleted namespace takes what Helm still has to uninstall.", "Release istio-base"),
        new("Namespace istio-system", "A deleted namespace takes what Helm still has to uninstall.",
            "Release istio-cni", "Release istiod", "Release istio-ingressgateway") { HeldElsewhere = MeshHoldsIt },
        new("Release istio-base",
            "istiod, which comes after the plugin, does not start without the CRDs, and what it made of them goes first.",
            "Release istio-cni"),
        new("Release istio-cni", "Pods that istiod injects rely on the plugin at their start and to their end.", "Release istiod"),
        new("Release istiod", "The gateway's pods get their proxy from istiod.", "Release istio-ingressgateway"),
        new("Release istio-ingressgateway",
            "Pods get a sidecar, and routes are checked, only where istiod is; the gateway is the last of Istio.",
            "Namespace gophers", "Telemetry mesh-default"),
        new("Release istio-ingressgateway", "The tools ask the mesh, and run on the same nodes.", "Namespace observability"),
        new("Namespace observability", "A deleted namespace takes what is in it.",
            "ConfigMap grafana-dashboards-gopher", "ConfigMap kube-state-metrics-virtualservices", "ConfigMap prometheus-config",
            Policy),
        new("Namespace observability", "A deleted namespace takes what Helm still has to uninstall.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus", "Release kiali")
        {
            HeldElsewhere = OthersHoldIt,
        },
        new(Policy, "No tool runs, at its start or its end, where any pod could reach it.",
            "Release grafana", "Release jaeger", "Release kube-state-metrics", "Release prometheus"),
        new(Policy, "As above.", "Release kiali") { HeldElsewhere = "It comes after the tools that it asks, which need the policy, too." },
        new("ConfigMap grafana-dashboards-gopher", "Its pod mounts it, and does not start without.", "Release grafana"),
        new("ConfigMap kube-state-metrics-virtualservices", "Its pod mounts it, and does not start without.", "Release kube-state-metrics"),
        new("ConfigMap prometheus-config", "Its pod mounts it, and does not start without.", "Release prometheus"),
        new("StorageClass metrics", "The class says how its volume is made, and that it goes with the claim.", "Release prometheus"),
        new("Release prometheus", "Kiali asks it.", "Release kiali"),
        new("Release jaeger", "Kiali asks it.", "Release kiali"),
        new("Release grafana", "Kiali asks it.", "Release kiali"),
        new("Namespace gophers", "Kiali's chart makes a Role in each of the namespaces that are there.", "Release kiali"),
    ];
}
