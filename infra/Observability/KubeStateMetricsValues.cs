using GopherMesh.Infra.Helm;
using Map = System.Collections.Generic.Dictionary<string, object>;

namespace GopherMesh.Infra.Observability;

/// <summary>What the stack changes in the values of the chart <c>kube-state-metrics</c>: VirtualServices, and nothing else.</summary>
internal static class KubeStateMetricsValues
{
    /// <summary>Name of the Service.</summary>
    public const string Service = "kube-state-metrics";

    /// <summary>Name of the ConfigMap with what to make of a VirtualService.</summary>
    public const string Config = "kube-state-metrics-virtualservices";

    /// <summary>The file in it.</summary>
    public const string File = "virtualservices.yaml";

    public static Map All() => new()
    {
        ["fullnameOverride"] = Service,
        ["service"] = new Map { ["type"] = "ClusterIP" },
        ["collectors"] = Array.Empty<object>(),
        ["extraArgs"] = new object[] { "--custom-resource-state-only=true" },
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
