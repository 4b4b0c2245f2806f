using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>The newest scrapes of a service's versions.</summary>
/// <param name="At">When the newest of them was, by Prometheus' clock, since 1970.</param>
/// <param name="Versions">The counts by version, then by pod. A name tells of requests of no version, since counting begins again with them.</param>
internal sealed record Scraped(TimeSpan At, IReadOnlyDictionary<string, IReadOnlyDictionary<string, VersionCounts>> Versions)
{
    // Pods are scraped one after the other: what the newest scrape of one counts began before the newest of another.
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(PrometheusCounts.IntervalSeconds) + RequestCounts.HistogramLag;

    /// <summary>The counts of both versions; null where one has none.</summary>
    public Reading? Of(string stable, string canary, int weight) => Versions.TryGetValue(stable, out var counted) && Versions.TryGetValue(canary, out var tried)
        ? new(At, weight, counted, tried) { From = PrometheusCounts.Name, Behind = Behind }
        : null;
}

/// <summary>
/// What Prometheus has of a service's versions by Istio's own counters (<c>istio_requests_total</c>,
/// <c>istio_request_duration_milliseconds</c>; https://istio.io/latest/docs/reference/config/metrics/): requests as their callers' proxies saw
/// them (<c>reporter="source"</c>), and copies as the called pods' proxies did, since a caller's proxy does not report them.
/// </summary>
/// <remarks>
/// The samples are taken as they were scraped, with the times of their scrapes: a function such as <c>increase</c> would guess beyond them. Of a
/// request that reached no pod Istio does not know the version; the time since the scrape before is then no evidence.
/// </remarks>
/// <param name="host">The service's fully qualified host.</param>
/// <param name="forward">Opens a tunnel to Prometheus: its process and its local port; null when there is none.</param>
internal sealed class PrometheusCounts(string host, Func<CancellationToken, Task<(Process Process, int Port)?>> forward) : IDisposable
{
    /// <summary>Its name, for people to read.</summary>
    public const string Name = "Prometheus";

    /// <summary>The seconds between two scrapes of a pod (observability/prometheus/prometheus.yml).</summary>
    public const int IntervalSeconds = 15;

    // Three scrapes: a pod of which there is none is gone, or cannot be scraped.
    private static readonly string Fresh = string.Create(CultureInfo.InvariantCulture, $"{3 * IntervalSeconds}s");

    private static readonly string Bounds = string.Join('|', RequestCounts.Milliseconds.Select(bound => string.Create(CultureInfo.InvariantCulture, $"{bound}([.]0)?")));

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(5) };
    private (Process Process, int Port)? _tunnel;

    /// <summary>Asks for the newest scrapes.</summary>
    /// <param name="copies">Whether copies are counted instead of requests.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The scrapes; null when there is none that is fresh.</returns>
    /// <exception cref="UserException">Prometheus does not answer, or refuses the question.</exception>
    public async Task<Scraped?> ReadAsync(bool copies, CancellationToken cancellation)
    {
        if (_tunnel is not { Process.HasExited: false })
        {
            Close();
            _tunnel = await forward(cancellation) ?? throw Unanswered("kubectl port-forward opens no tunnel to it");
        }

        try
        {
            using var answer = await _client.GetAsync(new Uri($"http://127.0.0.1:{_tunnel.Value.Port}/api/v1/query?query={Uri.EscapeDataString(Query(host, copies))}"), cancellation);
            return Of(await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception unreachable) when (unreachable is HttpRequestException || (unreachable is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw Unanswered(unreachable.Message);
        }
    }

    /// <summary>The question: every sample of the last three scrapes.</summary>
    /// <param name="host">The service's fully qualified host.</param>
    /// <param name="copies">Whether copies are counted instead of requests.</param>
    public static string Query(string host, bool copies)
    {
        // By name and namespace: all else of a request that reached no pod is "unknown".
        var service = host.Split('.');
        return "{__name__=~\"istio_requests_total|istio_request_duration_milliseconds_bucket\","
            + $"reporter=\"{(copies ? "destination" : "source")}\",destination_service_name=\"{service[0]}\",destination_service_namespace=\"{service[1]}\",le=~\"|{Bounds}|[+]Inf\"}}[{Fresh}]";
    }

    /// <summary>Reads an answer to <see cref="Query"/>.</summary>
    /// <exception cref="UserException">It is a refusal, or no answer of Prometheus.</exception>
    public static Scraped? Of(string answer)
    {
        var json = JsonNodes.Parsed(answer, "Prometheus' /api/v1/query");
        if (json.Text("status") != "success")
        {
            throw Unanswered(json.Text("error") ?? "it answers something else than a query's result");
        }

        var series = json.Items("data.result").Select(Series.Of).OfType<Series>().ToList();
        if (series.Count == 0)
        {
            return null;
        }

        // All series of a pod come from one scrape. One that has ended, as after a restart of the proxy, stays in the answer for a while.
        var pods = series.GroupBy(one => one.Pod).Select(pod => (Name: pod.Key, Series: pod.Where(one => one.At == pod.Max(other => other.At)).ToList())).ToList();
        var versions = series.Select(one => one.Version).Where(IsVersion).Distinct().ToDictionary(
            version => version,
            version => (IReadOnlyDictionary<string, VersionCounts>)pods
                .Where(pod => pod.Series.Exists(one => one.Version == version))
                .ToDictionary(pod => Named(pod.Name, pod.Series), pod => Counts([.. pod.Series.Where(one => one.Version == version)])));
        return new(TimeSpan.FromSeconds(series.Max(one => one.At)), versions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _client.Dispose();
    }

    private static VersionCounts Counts(IReadOnlyList<Series> series)
    {
        long Sum(Func<Series, bool> isMeant) => series.Where(isMeant).Sum(one => one.Count);
        var within = RequestCounts.Milliseconds.Select(bound => Sum(one => one.Bound == bound)).ToArray();
        return new(Sum(one => one.Bound is null), Sum(one => one is { Bound: null, Failed: true }), within)
        {
            Timed = Math.Max(Sum(one => one.Bound is double.PositiveInfinity), within[^1]),
        };
    }

    private static string Named(string pod, IReadOnlyList<Series> series) =>
        series.Where(one => one.Bound is null && !IsVersion(one.Version)).Sum(one => one.Count) is > 0 and var unplaced
            ? string.Create(CultureInfo.InvariantCulture, $"{pod} by Prometheus, with {unplaced} requests that reached no pod")
            : $"{pod} by Prometheus";

    private static bool IsVersion(string version) => version is not ("" or "unknown");

    private void Close()
    {
        if (_tunnel is { Process: var process })
        {
            Kubectl.End(process);
            process.Dispose();
            _tunnel = null;
        }
    }

    private static UserException Unanswered(string why) => new(
        $"the stack's Prometheus does not answer: {why}", "observability", "kubectl --namespace observability get pods shows whether it is ready.", ExitCode.NegativeVerdict);

    /// <summary>A counter at its newest scrape.</summary>
    private sealed record Series(string Pod, string Version, double? Bound, bool Failed, double At, long Count)
    {
        public static Series? Of(JsonNode series)
        {
            string Label(string name) => series.At("metric")?[name].AsText() ?? "";
            if (series.Items("values").LastOrDefault() is not JsonArray { Count: 2 } newest)
            {
                return null;
            }

            // Status 0: the caller gave up, or the answer broke off.
            return new(
                Label("pod"),
                Label("destination_version"),
                Label("le") == "+Inf" ? double.PositiveInfinity : double.TryParse(Label("le"), CultureInfo.InvariantCulture, out var bound) ? bound : null,
                Label("response_code") is "0" or ['5', _, _],
                newest[0]!.GetValue<double>(),
                (long)double.Parse(newest[1]!.GetValue<string>(), CultureInfo.InvariantCulture));
        }
    }
}
