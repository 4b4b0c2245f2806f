using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Observing;

/// <summary>Called for every request, on the thread that served it: implementations must be quick and thread-safe.</summary>
public interface IRequestObserver
{
    /// <summary>A request has ended.</summary>
    void OnRequest(in RequestReport report);

    /// <summary>A caller's proxy has ejected a pod, or uses it again.</summary>
    void OnEjection(EjectionReport report)
    {
    }
}

/// <summary>
/// One request as one side saw it, like Istio's standard metrics: the source reports each request of a caller once, the destination each
/// one that reached its pod, so retries and mirrored copies are seen by the destination only.
/// </summary>
public readonly record struct RequestReport
{
    /// <summary>Who reports.</summary>
    public required Reporter Reporter { get; init; }

    /// <summary>The caller's pod, or the gateway.</summary>
    public required PodIdentity Source { get; init; }

    /// <summary>The host of the chosen destination; null if none was chosen.</summary>
    public string? DestinationHost { get; init; }

    /// <summary>The chosen subset; null for none.</summary>
    public string? Subset { get; init; }

    /// <summary>The last pod that was tried; null if none was.</summary>
    public PodEndpoint? Destination { get; init; }

    /// <summary>The VirtualService whose route was taken, as <c>namespace/name</c>; null for none.</summary>
    public string? VirtualService { get; init; }

    /// <summary>The route's name; empty if it has none.</summary>
    public string? RouteName { get; init; }

    /// <summary>The status that the caller got; 0 if it hung up, or if a mirrored copy had no answer.</summary>
    public required int StatusCode { get; init; }

    /// <summary>The flags that Envoy's access log would show.</summary>
    public required ResponseMarks Flags { get; init; }

    /// <summary>From the first byte of the request to the end of the answer.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The request is a mirrored copy.</summary>
    public bool Mirrored { get; init; }

    /// <summary>Tries so far; more than 1 after retries.</summary>
    public int Attempts { get; init; }
}

/// <summary>What outlier detection has done to a pod: each proxy ejects for itself alone.</summary>
/// <param name="Caller">The pod whose proxy reports, or the gateway.</param>
/// <param name="Pod">The pod that gets no requests of this caller any more, or gets them again.</param>
/// <param name="IsEjected">False when the pod is used again.</param>
public sealed record EjectionReport(string Caller, string Pod, bool IsEjected);

/// <summary>The side that reports a request.</summary>
public enum Reporter
{
    /// <summary>The caller's proxy.</summary>
    Source,

    /// <summary>The called pod's proxy.</summary>
    Destination,
}

/// <summary>A pod as Istio's metrics name it; what is not known is <c>unknown</c>.</summary>
internal sealed partial record Workload(string Name, string Namespace, string CanonicalService, string App, string Version)
{
    public static Workload Unknown { get; } = new("unknown", "unknown", "unknown", "unknown", "unknown");

    /// <summary>Labels decide in the order in which Istio looks at them (istio pkg/model/proxy.go and pilot/pkg/util: canonical service and revision).</summary>
    public static Workload Of(string pod, string ns, IReadOnlyDictionary<string, string> labels)
    {
        var name = DeploymentPod().Replace(pod, "$1");
        return new(
            name,
            ns,
            First(labels, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app") ?? name,
            First(labels, "app") ?? "unknown",
            First(labels, "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version") ?? "latest");
    }

    private static string? First(IReadOnlyDictionary<string, string> labels, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (labels.TryGetValue(key, out var value))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>A Deployment's pod: the Deployment's name, the hash of its template, five random characters.</summary>
    [GeneratedRegex(@"\A(.+)-[a-z0-9]+-[a-z0-9]{5}\z")]
    private static partial Regex DeploymentPod();
}

/// <summary>Envoy's response flags (access log, %RESPONSE_FLAGS%), as far as the rehearsal has the cases.</summary>
[Flags]
public enum ResponseMarks
{
    /// <summary>Nothing to say.</summary>
    None = 0,

    /// <summary>NR: no virtual host or no route.</summary>
    NoRouteFound = 1,

    /// <summary>NC: the route names a cluster that does not exist.</summary>
    NoClusterFound = 1 << 1,

    /// <summary>UH: no healthy host in the cluster.</summary>
    NoHealthyUpstream = 1 << 2,

    /// <summary>UF: the connection to the host failed.</summary>
    UpstreamConnectionFailure = 1 << 3,

    /// <summary>UC: the host closed the connection before it answered.</summary>
    UpstreamConnectionTermination = 1 << 4,

    /// <summary>UPE: the host's answer was not HTTP.</summary>
    UpstreamProtocolError = 1 << 5,

    /// <summary>UT: the route's timeout, or that of a try, was over.</summary>
    UpstreamRequestTimeout = 1 << 6,

    /// <summary>UO: a limit of the connection pool.</summary>
    UpstreamOverflow = 1 << 7,

    /// <summary>URX: failed after all retries.</summary>
    UpstreamRetryLimitExceeded = 1 << 8,

    /// <summary>DI: delayed by fault injection.</summary>
    DelayInjected = 1 << 9,

    /// <summary>FI: aborted by fault injection.</summary>
    FaultInjected = 1 << 10,

    /// <summary>DC: the caller hung up.</summary>
    DownstreamConnectionTermination = 1 << 11,
}

/// <summary>The short names by which Envoy writes response flags.</summary>
internal static class MarkNames
{
    private static readonly (ResponseMarks Mark, string Name)[] Names =
    [
        (ResponseMarks.NoRouteFound, "NR"),
        (ResponseMarks.NoClusterFound, "NC"),
        (ResponseMarks.NoHealthyUpstream, "UH"),
        (ResponseMarks.UpstreamConnectionFailure, "UF"),
        (ResponseMarks.UpstreamConnectionTermination, "UC"),
        (ResponseMarks.UpstreamProtocolError, "UPE"),
        (ResponseMarks.UpstreamRequestTimeout, "UT"),
        (ResponseMarks.UpstreamOverflow, "UO"),
        (ResponseMarks.UpstreamRetryLimitExceeded, "URX"),
        (ResponseMarks.DelayInjected, "DI"),
        (ResponseMarks.FaultInjected, "FI"),
        (ResponseMarks.DownstreamConnectionTermination, "DC"),
    ];

    /// <summary>All that is set, joined by commas; <c>-</c> for nothing.</summary>
    public static string Of(ResponseMarks marks) => marks == ResponseMarks.None
        ? "-"
        : string.Join(',', Names.Where(entry => marks.HasFlag(entry.Mark)).Select(entry => entry.Name));
}
