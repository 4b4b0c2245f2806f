using System.Collections.Concurrent;
using System.Globalization;

namespace GopherMesh.DataPlane.Observing;

/// <summary>
/// Istio's standard metrics of HTTP (https://istio.io/latest/docs/reference/config/metrics/) over the rehearsal's requests, in
/// Prometheus' text format, so that one query works here and on a cluster.
/// </summary>
public sealed class IstioMetrics : IRequestObserver
{
    private readonly ConcurrentDictionary<SeriesKey, DurationSeries> _series = new();
    private readonly ConcurrentDictionary<string, Workload> _workloads = new();

    /// <inheritdoc/>
    public void OnRequest(in RequestReport report)
    {
        var source = Of(report.Source.Name, report.Source.Namespace, report.Source.Labels);
        var destination = report.Destination is { } pod ? Of(pod.Pod, pod.Namespace, pod.Labels) : Workload.Unknown;
        var key = new SeriesKey(report.Reporter, source, destination, report.DestinationHost ?? "unknown", report.StatusCode, report.Flags);
        _series.GetOrAdd(key, _ => new()).Add(report.Duration.TotalMilliseconds);
    }

    /// <summary>Writes every series: <c>istio_requests_total</c> and <c>istio_request_duration_milliseconds</c>.</summary>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var series = _series.Select(entry => (Labels: entry.Key.ToLabels(), Durations: entry.Value.Read()))
            .OrderBy(entry => entry.Labels, StringComparer.Ordinal)
            .ToList();
        writer.Write("# TYPE istio_requests_total counter\n");
        foreach (var (labels, durations) in series)
        {
            writer.Write(Invariant($"istio_requests_total{{{labels}}} {durations.Count}\n"));
        }

        writer.Write("# TYPE istio_request_duration_milliseconds histogram\n");
        foreach (var (labels, durations) in series)
        {
            WriteHistogram(writer, labels, durations);
        }
    }

    private static void WriteHistogram(TextWriter writer, string labels, DurationSnapshot durations)
    {
        var cumulated = 0L;
        for (var bucket = 0; bucket < DurationSeries.Bounds.Length; bucket++)
        {
            cumulated += durations.Buckets[bucket];
            writer.Write(Invariant($"istio_request_duration_milliseconds_bucket{{{labels},le=\"{DurationSeries.Bounds[bucket]}\"}} {cumulated}\n"));
        }

        writer.Write(Invariant($"istio_request_duration_milliseconds_bucket{{{labels},le=\"+Inf\"}} {durations.Count}\n"));
        writer.Write(Invariant($"istio_request_duration_milliseconds_sum{{{labels}}} {durations.Sum}\n"));
        writer.Write(Invariant($"istio_request_duration_milliseconds_count{{{labels}}} {durations.Count}\n"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private Workload Of(string pod, string ns, IReadOnlyDictionary<string, string> labels) =>
        _workloads.TryGetValue(pod, out var known) && known.Namespace == ns ? known : _workloads[pod] = Workload.Of(pod, ns, labels);
}
