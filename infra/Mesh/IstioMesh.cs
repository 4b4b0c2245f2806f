using Pulumi;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra;

/// <summary>Istio: its CRDs, the control plane and the ingress gateway, each from its own chart, in this order.</summary>
public sealed class IstioMesh : ComponentResource
{
    /// <summary>The namespace of everything that is Istio's own.</summary>
    public const string Namespace = "istio-system";

    /// <summary>Name of the gateway's release, and so of its Service and Deployment.</summary>
    public const string GatewayName = "istio-ingressgateway";

    /// <summary>Value of the label <c>istio</c> of the gateway's pods, by which a Gateway selects them.</summary>
    public const string GatewayLabel = "ingressgateway";

    private const string Charts = "https://istio-release.storage.googleapis.com/charts";

    private readonly MeshSettings _settings;
    private readonly Namespace _namespace;

    /// <summary>Declares Istio in <paramref name="cluster"/>, reporting what <paramref name="observability"/> asks for.</summary>
    public IstioMesh(MeshSettings settings, ObservabilitySettings observability, ClusterHandle cluster)
        : base("gopher-mesh:mesh:Istio", "istio", new ComponentResourceOptions { Provider = cluster.Provider })
    {
        _settings = settings;
        _namespace = new Namespace(
            Namespace,
            new NamespaceArgs { Metadata = new ObjectMetaArgs { Name = Namespace, Labels = Labels(cluster.GatewayNamespaceLabels) } },
            new() { Parent = this, DependsOn = [.. cluster.Ready] });

        // Charts ask for kinds that the chart before brings: an injected gateway, for instance, needs a running istiod.
        var crds = Install("istio-base", "base", [], after: _namespace);
        // Before istiod, which from then on injects pods that rely on it, and gone only after the last of them.
        var network = settings.Cni ? Install("istio-cni", "cni", CniValues.All(), after: crds) : crds;
        var values = Values.Merge(IstiodValues.For(settings, cluster), MeshTelemetry.IstiodValues(observability));
        var istiod = Install("istiod", "istiod", values, after: network);
        Gateway = Install(GatewayName, "gateway", GatewayValues.For(settings, cluster), after: istiod);
        RegisterOutputs();
    }

    /// <summary>The ingress gateway, the last of Istio to be ready; whatever needs injection, CRDs or the gateway depends on it.</summary>
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

    private Release Install(string name, string chart, Dictionary<string, object> values, Resource after) => new(
        name,
        new ReleaseArgs
        {
            // Without a name Pulumi makes one up, and the charts derive labels and the names of objects from it.
            Name = name,
            Namespace = Namespace,
            Chart = chart,
            Version = _settings.IstioVersion,
            RepositoryOpts = new RepositoryOptsArgs { Repo = Charts },
            Values = values,

            // A failed installation is taken back instead of being left half done, which the next one could not mend.
            Atomic = true,

            // Seconds. A new cluster starts its first node for the control plane, and pulls the images; the gateway's two pods are
            // replaced one after the other, and each may wait five minutes until the load balancer has taken it up.
            Timeout = 1800,

            // Every revision is a Secret; Helm keeps all of them unless told otherwise.
            MaxHistory = 5,
        },
        new() { Parent = this, DependsOn = [_namespace, after] });
}
