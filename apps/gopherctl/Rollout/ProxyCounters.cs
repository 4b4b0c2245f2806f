using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// What a calling proxy counts of a service's versions, read from Envoy's own statistics in Prometheus' text format: for each subset's
/// cluster the requests by class of status (<c>cluster.NAME.upstream_rq_5xx</c>) and the histogram of their times
/// (https://www.envoyproxy.io/docs/envoy/latest/configuration/upstream/cluster_manager/cluster_stats). Envoy counts a request there once, as
/// its caller gets the answer, also one that finds no healthy pod, as a 503 of that cluster. An answer that it does not pass on, but tries again, it counts
/// apart, as <c>cluster.NAME.retry.upstream_rq_5xx</c> (source/common/router/router.cc, Filter::onUpstreamHeaders).
/// </summary>
internal static partial class ProxyCounters
{
    /// <summary>The counts of one version, since the proxy started.</summary>
    /// <param name="statistics">The proxy's answer to <c>/stats/prometheus</c>.</param>
    /// <param name="host">The service's fully qualified host.</param>
    /// <param name="version">The version, which is the subset's name.</param>
    /// <returns>
    /// The counts; null when the proxy counts nothing of that subset, or what cannot be (a histogram without all of its buckets): neither is evidence.
    /// </returns>
    public static VersionCounts? Of(string statistics, string host, string version)
    {
        var (requests, failures, within, timed, found) = (0L, 0L, new long[RequestCounts.Milliseconds.Length], 0L, false);
        foreach (Match line in Sample().Matches(statistics))
        {
            var labels = Label().Matches(line.Groups["labels"].Value).ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value);
            if (!IsSubset(labels.GetValueOrDefault("cluster_name", ""), host, version))
            {
                continue;
            }

            found = true;
            var count = (long)double.Parse(line.Groups["count"].Value, CultureInfo.InvariantCulture);
            if (line.Groups["metric"].Value == "time_bucket")
            {
                if (labels.GetValueOrDefault("le") == "+Inf")
                {
                    timed = count;
                }
                else if (double.TryParse(labels.GetValueOrDefault("le"), CultureInfo.InvariantCulture, out var bound) && RequestCounts.Milliseconds.IndexOf(bound) is >= 0 and var index)
                {
                    within[index] = count;
                }
            }
            else if (Class(line.Groups["metric"].Value, labels) is { } status)
            {
                requests += count;
                failures += status == '5' ? count : 0;
            }
        }

        var counts = new VersionCounts(requests, failures, within) { Timed = Math.Max(timed, within[^1]) };
        return found && counts.Problem() is null ? counts : null;
    }

    // outbound|PORT|SUBSET|HOST, Istio's name of a subset's cluster (pilot/pkg/model/service.go, BuildSubsetKey).
    private static bool IsSubset(string cluster, string host, string version) =>
        cluster.Split('|', ';') is ["outbound", _, var subset, var called] && subset == version && called.TrimEnd('.') == host;

    // Istio tags the class out of the name (response_code_class="5xx"); plain Envoy calls the tag envoy_response_code_class and writes its digit.
    private static char? Class(string metric, Dictionary<string, string> labels) => metric switch
    {
        "xx" => labels.GetValueOrDefault("envoy_response_code_class") is [var digit, ..] ? digit : null,
        "" => labels.GetValueOrDefault("response_code_class") is [var digit, 'x', 'x'] ? digit : null,
        [var digit, 'x', 'x'] => digit,
        _ => null,
    };

    [GeneratedRegex(@"^envoy_cluster_upstream_rq(_(?<metric>time_bucket|[1-5]?xx))?\{(?<labels>[^}]*)\} (?<count>[0-9.e+]+)", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-z_]+)="(?<value>(?:[^"\\]|\\.)*)",?""")]
    private static partial Regex Label();
}

/// <summary>
/// The counts of a deployed stack's versions: those of the callers' own proxies at each look, and those of its Prometheus while the proxies
/// cannot be read. A request is evidence once: counting begins again with each change of the source, and a scrape from before it is not newer.
/// </summary>
/// <param name="cluster">Reaches both.</param>
/// <param name="note">Told when the source changes, or there is none.</param>
internal sealed class DeployedCounts(StackCluster cluster, Action<string> note)
{
    private const string Proxies = "the callers' proxies";

    private string _source = Proxies;

    /// <summary>Reads the counts.</summary>
    /// <param name="state">What is in force: at weight 0 the canary's copies are counted.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The counts; none where neither source has them.</returns>
    /// <exception cref="UserException">kubectl is not on PATH any more, or pulumi.</exception>
    public async Task<Reading> ReadAsync(StackState state, CancellationToken cancellation)
    {
        var (proxies, unread) = await TryAsync(() => OfProxiesAsync(state, cancellation));
        if (proxies is { Canary: not null } && (proxies.Stable is not null || state.Weight == 100))
        {
            Changed(Proxies, "verdicts rest on the counters of the callers' proxies again");
            return proxies;
        }

        var (scraped, unanswered) = await TryAsync(() => OfPrometheusAsync(state, cancellation));
        if (scraped is not null)
        {
            Changed(PrometheusCounts.Name, $"verdicts rest on Prometheus, a scrape behind, until the proxies can be read: {unread ?? "they count no request of both versions"}");
            return scraped;
        }

        if (unread is not null || unanswered is not null)
        {
            Changed("", $"no counts, so no evidence, until the deadline decides: {string.Join("; ", new[] { unread, unanswered }.OfType<string>().Distinct())}");
        }

        return proxies ?? new(Now(), state.Weight, null, null);
    }

    private static TimeSpan Now() => TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch;

    private async Task<Reading?> OfProxiesAsync(StackState state, CancellationToken cancellation)
    {
        var canary = state.Canary ?? "";
        var at = Now();
        var counts = await (await cluster.ProxiesAsync(canary, cancellation)).ReadAsync(state.Stable, canary, cancellation);
        return new(at, state.Weight, counts.Stable, counts.Canary) { From = Proxies };
    }

    private async Task<Reading?> OfPrometheusAsync(StackState state, CancellationToken cancellation)
    {
        var canary = state.Canary ?? "";
        return await cluster.PrometheusAsync(canary, cancellation) is { } prometheus && await prometheus.ReadAsync(copies: state.Weight == 0, cancellation) is { } scraped
            ? scraped.Of(state.Stable, canary, state.Weight)
            : null;
    }

    private static async Task<(Reading? Counts, string? Problem)> TryAsync(Func<Task<Reading?>> read)
    {
        try
        {
            return (await read(), null);
        }
        catch (UserException unread) when (unread.Code != ExitCode.CouldNot)
        {
            return (null, unread.Message);
        }
    }

    private void Changed(string source, string words)
    {
        if (_source != source)
        {
            _source = source;
            note(words);
        }
    }
}
