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

/// <summary>The labels that identify a series of Istio's metrics.</summary>
internal readonly record struct SeriesKey(
    Reporter Reporter, Workload Source, Workload Destination, string Host, int StatusCode, ResponseMarks Flags)
{
    /// <summary>The labels of Istio's proxy in Prometheus' text format; mutual TLS is not rehearsed.</summary>
    public string ToLabels()
    {
        var service = Host.Split('.', 3);
        return string.Join(',', new (string Name, string Value)[]
        {
            ("reporter", Reporter == Reporter.Source ? "source" : "destination"),
            ("source_workload", Source.Name),
            ("source_workload_namespace", Source.Namespace),
            ("source_canonical_service", Source.CanonicalService),
            ("source_canonical_revision", Source.Version),
            ("source_app", Source.App),
            ("source_version", Source.Version),
            ("destination_workload", Destination.Name),
            ("destination_workload_namespace", Destination.Namespace),
            ("destination_canonical_service", Destination.CanonicalService),
            ("destination_canonical_revision", Destination.Version),
            ("destination_app", Destination.App),
            ("destination_version", Destination.Version),
            ("destination_service", Host),
            ("destination_service_name", service[0]),
            ("destination_service_namespace", service.Length > 1 ? service[1] : "unknown"),
            ("request_protocol", "http"),
            ("response_code", StatusCode.ToString(CultureInfo.InvariantCulture)),
            ("response_flags", MarkNames.Of(Flags)),
            ("connection_security_policy", Reporter == Reporter.Source ? "unknown" : "none"),
        }.Select(label => $"{label.Name}=\"{Escape(label.Value)}\""));
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>The histogram of one series.</summary>
internal sealed class DurationSeries
{
    /// <summary>Istio's buckets in milliseconds (envoy source/common/stats/histogram_impl.cc, the default buckets).</summary>
    public static readonly double[] Bounds =
    [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000,
    ];

    private readonly Lock _lock = new();
    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private double _sum;

    public void Add(double milliseconds)
    {
        var bucket = Array.BinarySearch(Bounds, milliseconds);
        lock (_lock)
        {
            _buckets[bucket < 0 ? ~bucket : bucket]++;
            _sum += milliseconds;
        }
    }

    public DurationSnapshot Read()
    {
        lock (_lock)
        {
            return new([.. _buckets], _buckets.Sum(), _sum);
        }
    }
}

/// <summary>A histogram at one moment: the last bucket counts everything beyond the last bound.</summary>
internal sealed record DurationSnapshot(long[] Buckets, long Count, double Sum);
