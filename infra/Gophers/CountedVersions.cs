using System.Text.Encodings.Web;
using System.Text.Json;

namespace GopherMesh.Infra.Gophers;

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
