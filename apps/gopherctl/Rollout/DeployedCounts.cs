using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// The counts of a deployed stack's versions: those of the callers' own proxies at each look, and those of its Prometheus while the proxies
/// cannot be read. A request is evidence once: counting begins again with each change of the source, and a scrape from before it is not newer.
/// </summary>
/// <param name="cluster">Reaches both.</param>
/// <param name="note">Told when the source changes, or there is none.</param>
internal sealed class DeployedCounts(StackCluster cluster, Action<string> note)
{
    private const string Proxies = "the callers' proxies";
    private const string Prometheus = "Prometheus";

    private string _source = Proxies;

    /// <summary>Reads the counts.</summary>
    /// <param name="state">What is in force: at weight 0 the canary's copies are counted.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The counts; none where neither source has them.</returns>
    /// <exception cref="UserException">kubectl is missing.</exception>
    public async Task<Reading> ReadAsync(StackState state, CancellationToken cancellation)
    {
        var (proxies, unread) = await TryAsync(() => OfProxiesAsync(state, cancellation));
        if (proxies is { Stable: not null, Canary: not null })
        {
            Changed(Proxies, "verdicts rest on the counters of the callers' proxies again");
            return proxies;
        }

        var (scraped, unanswered) = await TryAsync(() => OfPrometheusAsync(state, cancellation));
        if (scraped is not null)
        {
            Changed(Prometheus, $"verdicts rest on Prometheus, a scrape behind, until the proxies can be read: {unread ?? "they count no request of both versions"}");
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
            && scraped.Versions.TryGetValue(state.Stable, out var stable) && scraped.Versions.TryGetValue(canary, out var tried)
            ? new(scraped.At, state.Weight, stable, tried) { From = Prometheus }
            : null;
    }

    private static async Task<(Reading? Counts, string? Problem)> TryAsync(Func<Task<Reading?>> read)
    {
        try
        {
            return (await read(), null);
        }
        catch (UserException unread) when (unread.Code != ExitCode.BadInput)
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
