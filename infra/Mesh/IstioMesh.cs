using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Helm;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Mesh;

/// <summary>Istio: its CRDs, the control plane and the ingress gateway, each from its own chart, in this order.</summary>
public sealed class IstioMesh : ComponentResource
{
    private const string Charts = "https://istio-release.storage.googleapis.com/charts";

    // A new cluster starts its first node for the control plane, and pulls the images; the gateway's two pods are replaced one after the
    // other, and each may wait five minutes until the load balancer has registered it.
    private const int TimeoutSeconds = 1800;

    private readonly MeshSettings _settings;
    private readonly Namespace _namespace;

    /// <summary>Declares Istio in <paramref name="cluster"/>.</summary>
    /// <param name="settings">Its version and its gateway.</param>
    /// <param name="telemetry">The values of istiod's chart for spans and access logs.</param>
    /// <param name="cluster">Where it is installed.</param>
    public IstioMesh(MeshSettings settings, Map telemetry, ClusterHandle cluster)
        : base("gopher-mesh:mesh:Istio", "istio", new ComponentResourceOptions { Provider = cluster.Provider, Protect = cluster.Protect })
    {
        _settings = settings;
        _namespace = new Namespace(
            Namespaces.Istio,
            new NamespaceArgs { Metadata = new ObjectMetaArgs { Name = Namespaces.Istio, Labels = Labels(cluster.GatewayNamespaceLabels), Annotations = Ownership.Alone } },
            new() { Parent = this, DependsOn = [.. cluster.Ready] });

        // Each chart needs what the chart before it installs: an injected gateway, for instance, needs a running istiod.
        var crds = Install("istio-base", "base", [], after: _namespace);
        // Installed before istiod, because the pods that istiod then injects rely on it, and removed only after the last of them.
        var network = settings.Cni ? Install("istio-cni", "cni", CniValues.All(), after: crds) : crds;
        var values = Values.Merge(IstiodValues.For(settings, cluster), telemetry);
        var istiod = Install("istiod", "istiod", values, after: network);
        Gateway = Install(Names.GatewayRelease, "gateway", GatewayValues.For(settings, cluster), after: istiod);
        RegisterOutputs();
    }

    /// <summary>The ingress gateway, the last of Istio to be ready; every resource that needs injection, CRDs or the gateway depends on it.</summary>
    public Release Gateway { get; }

    private static InputMap<string> Labels(IReadOnlyDictionary<string, string> labels)
    {
        var map = new InputMap<string>();
        foreach (var (key, value) in labels)
        {
            map.Add(key, value);
        }

        return map;
    }

    private Release Install(string name, string chart, Map values, Resource after) =>
        new PinnedChart(chart, Charts, _settings.IstioVersion).Install(
            name, Namespaces.Istio, values, new() { Parent = this, DependsOn = [_namespace, after] }, TimeoutSeconds);
}
