using System.Text.Encodings.Web;
using System.Text.Json;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using Pulumi;

namespace GopherMesh.Infra.Gophers;

/// <summary>One version of a service, or all of a service without versions: its DestinationRule, then its pods.</summary>
/// <remarks>
/// Each version has a DestinationRule of its own, which Istio merges with the others of the host: to add or remove a version changes no
/// other one. A route to the version depends on all of it.
/// </remarks>
internal sealed class ServiceVersion : ComponentResource
{
    public ServiceVersion(GopherWorkload workload, GopherNamespace home, MeshService parent, params IEnumerable<Resource> after)
        : base("gopher-mesh:gophers:ServiceVersion", workload.Name, new ComponentResourceOptions { Parent = parent })
    {
        var policy = new DestinationRule(
            workload.Name,
            new DestinationRuleArgs { Metadata = home.Metadata(workload.Name, workload.Selector), Spec = Rule(workload, home) },
            new() { Parent = this, DependsOn = [home.Resource] });
        var pods = GopherDeployment.Declare(workload, home, this, [.. after, policy]);
        Ready = workload.Scaling is { } scaling ? [policy, pods, scaling.Declare(workload, pods, home, this)] : [policy, pods];
        RegisterOutputs();
    }

    /// <summary>What a route to the version needs: the rule, the pods and, where it has one, their autoscaler.</summary>
    public IReadOnlyList<Resource> Ready { get; }

    // The policy belongs to the subset, so that a failing canary uses up none of the stable version's limits.
    private static DestinationRuleSpecArgs Rule(GopherWorkload workload, GopherNamespace home)
    {
        var host = Names.Host(workload.Service, home.Name);
        return workload.Version is { } version
            ? new()
            {
                Host = host,
                Subsets = new SubsetArgs
                {
                    Name = version,
                    Labels = new InputMap<string> { { Names.VersionLabel, version } },
                    TrafficPolicy = TrafficPolicies.Default(),
                },
            }
            : new() { Host = host, TrafficPolicy = TrafficPolicies.Default() };
    }
}

/// <summary>
/// What lets a rollout see the versions of a service as their callers see them: the caller's proxy counts its requests by version.
/// </summary>
/// <remarks>
/// By default Istio's proxies leave out Envoy's counters of clusters (<c>getStatsOptions</c> in Istio's <c>pkg/bootstrap/config.go</c>).
/// The pod enables them, not <c>meshConfig.defaultConfig</c>: a proxy reads both only when it starts, and only a change of the pod's
/// template restarts it. So, too, only callers of versions have the counters.
/// </remarks>
internal static class CountedVersions
{
    /// <summary>The annotation by which a pod overrides its proxy's configuration (https://istio.io/latest/docs/reference/config/annotations/).</summary>
    private const string ProxyConfig = "proxy.istio.io/config";

    /// <summary>
    /// For the cluster of each subset: the answers by class of status, and the times until the answer; not the answers of single tries
    /// (<c>retry.upstream_rq_5xx</c>). A cluster is called <c>outbound|PORT|SUBSET|HOST</c> (<c>BuildSubsetKey</c> in Istio's
    /// <c>pilot/pkg/model/service.go</c>), with nothing between its second and third bar where there is no subset.
    /// </summary>
    private const string Counters = "cluster[.]outbound[|][0-9]+[|][^|]+[|][^|]+[.]svc[.]cluster[.]local;?[.]upstream_rq_([1-5]xx|time)";

    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The pod's annotations.</summary>
    public static Dictionary<string, string> Annotations() => new()
    {
        [ProxyConfig] = JsonSerializer.Serialize(new { proxyStatsMatcher = new { inclusionRegexps = new[] { Counters } } }, Readable),
    };
}
