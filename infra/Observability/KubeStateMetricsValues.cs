using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>kube-state-metrics</c>: VirtualServices and pods of the gophers.</summary>
internal static class KubeStateMetricsValues
{
    /// <summary>Name of the release.</summary>
    public const string Service = "kube-state-metrics";

    // The name of its objects. An installed monitoring stack has a ClusterRole of the chart's own name already.
    private const string Objects = $"gopher-mesh-{Service}";

    /// <summary>Name of the ConfigMap that says which metrics a VirtualService becomes.</summary>
    public const string Config = "kube-state-metrics-virtualservices";

    /// <summary>The file in it.</summary>
    public const string File = "virtualservices.yaml";

    /// <summary>The values for gophers that run in a namespace.</summary>
    /// <param name="gophers">The namespace of the gophers.</param>
    public static Map For(string gophers) => new()
    {
        ["fullnameOverride"] = Objects,
        ["service"] = new Map { ["type"] = "ClusterIP" },
        ["namespaces"] = gophers,

        // Readiness, restarts, requests and limits of pods, with the labels that name the version; no other metrics are needed. A proxy may
        // be an init container that goes on running.
        ["collectors"] = new object[] { "pods" },
        ["metricAllowlist"] = new object[]
        {
            "kube_pod_labels", "kube_pod_status_ready", "kube_pod_container_status_restarts_total", "kube_virtualservice_.*",
            "kube_pod_container_resource_(limits|requests)", "kube_pod_init_container_resource_(limits|requests)",
        },
        ["metricLabelsAllowlist"] = new object[] { $"pods=[{Names.AppLabel},{Names.VersionLabel}]" },
        ["podAnnotations"] = DoNotDisrupt.Annotations(),
        ["customResourceState"] = new Map { ["enabled"] = true, ["create"] = false, ["name"] = Config, ["key"] = File },
        ["rbac"] = new Map
        {
            ["extraRules"] = new object[]
            {
                new Map
                {
                    ["apiGroups"] = new object[] { "networking.istio.io" },
                    ["resources"] = new object[] { "virtualservices" },
                    ["verbs"] = new object[] { "list", "watch" },
                },
            },
        },
        ["resources"] = PodSecurity.Resources("10m", "64Mi", "128Mi"),
    };
}
