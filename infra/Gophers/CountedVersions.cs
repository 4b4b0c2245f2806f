using System.Text.Encodings.Web;
using System.Text.Json;

namespace GopherMesh.Infra.Gophers;

/// <summary>
/// What lets a rollout see the versions of a service as their callers see them: the caller's proxy counts its requests by version.
/// </summary>
/// <remarks>
/// Istio's proxies leave Envoy's counters of clusters out unless they are asked for (<c>getStatsOptions</c> in Istio's
/// <c>pkg/bootstrap/config.go</c>). They are asked for by the pod and not in <c>meshConfig.defaultConfig</c>: a proxy reads either at its
/// start alone, and a change of the pod's template starts it anew; and only callers of versions keep the counters.
/// </remarks>
internal static class CountedVersions
{
    /// <summary>The annotation by which a pod overrides its proxy's configuration (https://istio.io/latest/docs/reference/config/annotations/).</summary>
    private const string ProxyConfig = "proxy.istio.io/config";

    /// <summary>
    /// Of each subset's cluster the answers by class of status, and the times until the answer; not those of single tries
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
