using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Clusters;

/// <summary>
/// Ejects hosts that fail several times in a row, as Envoy does (source/common/upstream/outlier_detection_impl.cc). A failed connection
/// counts as 503, a timeout as 504. A host is ejected only if the share of ejected hosts then stays within the maximum. It stays out for
/// the base time multiplied by the number of its ejections, at most 300 s or the base time if that is longer, and is used again at the next
/// interval after that.
/// </summary>
internal sealed class OutlierDetector : IDisposable
{
    private static readonly TimeSpan MaximumEjectionTime = TimeSpan.FromSeconds(300);

    private readonly Lock _lock = new();
    private readonly OutlierDetection _settings;
    private readonly TimeProvider _time;
    private readonly Action<UpstreamHost, bool> _tell;
    private readonly ITimer _timer;
    private UpstreamHost[] _hosts;
    private volatile UpstreamHost[] _available;

    /// <summary>Begins to watch hosts.</summary>
    /// <param name="settings">When a host is ejected, and for how long.</param>
    /// <param name="hosts">The hosts of the cluster.</param>
    /// <param name="time">The clock of ejections.</param>
    /// <param name="tell">Called for each host that is ejected (true) or used again (false). It must be quick, since requests wait for it.</param>
    public OutlierDetector(OutlierDetection settings, UpstreamHost[] hosts, TimeProvider time, Action<UpstreamHost, bool> tell)
    {
        (_settings, _hosts, _time, _available, _tell) = (settings, hosts, time, hosts, tell);
        Refresh();
        _timer = time.CreateTimer(_ => LetIn(), null, Timers.Bounded(settings.Interval), Timers.Bounded(settings.Interval));
    }

    /// <summary>The hosts to choose from; all of them where fewer than the minimum are healthy.</summary>
    public UpstreamHost[] Available => _available;

    /// <summary>
    /// Replaces the hosts. Hosts that stay keep their failures and ejections, and the interval goes on, however often pods change.
    /// </summary>
    public void Watch(UpstreamHost[] hosts)
    {
        lock (_lock)
        {
            _hosts = hosts;
            Refresh();
        }
    }

    /// <summary>Counts one answer, or the status that a failure counts as.</summary>
    public void Report(UpstreamHost host, int status)
    {
        // The common case, read without the lock: a success of a host that has no failures on record.
        if (status < 500 && host.Health is { Consecutive5xx: 0, ConsecutiveGatewayErrors: 0 })
        {
            return;
        }

        lock (_lock)
        {
            Count(host, status);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Count(UpstreamHost host, int status)
    {
        var health = host.Health;
        health.Consecutive5xx = status >= 500 ? health.Consecutive5xx + 1 : 0;
        health.ConsecutiveGatewayErrors = status is 502 or 503 or 504 ? health.ConsecutiveGatewayErrors + 1 : 0;
        if (_settings.ConsecutiveGatewayErrors > 0 && health.ConsecutiveGatewayErrors == _settings.ConsecutiveGatewayErrors)
        {
            Eject(host);
            health.ConsecutiveGatewayErrors = 0;
        }

        if (_settings.Consecutive5xx > 0 && health.Consecutive5xx == _settings.Consecutive5xx)
        {
            Eject(host);
            health.Consecutive5xx = 0;
        }
    }

    private void Eject(UpstreamHost host)
    {
        var ejected = _hosts.Count(other => other.Health.EjectedAt is not null);
        if (host.Health.EjectedAt is not null || 100.0 * (ejected + 1) / _hosts.Length > _settings.MaxEjectionPercent)
        {
            return;
        }

        host.Health.EjectedAt = _time.GetTimestamp();
        host.Health.EjectionMultiplier++;
        Refresh();
        _tell(host, true);
    }

    private void LetIn()
    {
        lock (_lock)
        {
            foreach (var host in _hosts)
            {
                LetInIfDue(host);
            }

            Refresh();
        }
    }

    private void LetInIfDue(UpstreamHost host)
    {
        var health = host.Health;
        if (health.EjectedAt is not { } since)
        {
            // For every interval without an ejection Envoy forgets one of the host's ejections.
            health.EjectionMultiplier = Math.Max(0, health.EjectionMultiplier - 1);
            return;
        }

        var longest = _settings.BaseEjectionTime > MaximumEjectionTime ? _settings.BaseEjectionTime : MaximumEjectionTime;
        var due = _settings.BaseEjectionTime * health.EjectionMultiplier;
        if (_time.GetElapsedTime(since) >= (due < longest ? due : longest))
        {
            (health.EjectedAt, health.Consecutive5xx, health.ConsecutiveGatewayErrors) = (null, 0, 0);
            _tell(host, false);
        }
    }

    private void Refresh()
    {
        var healthy = Array.FindAll(_hosts, host => host.Health.EjectedAt is null);
        var panics = _settings.MinHealthPercent > 0 && 100.0 * healthy.Length / Math.Max(1, _hosts.Length) < _settings.MinHealthPercent;
        _available = panics ? _hosts : healthy;
    }
}

/// <summary>A host's failures in a row and its ejections. Guarded by its cluster's <see cref="OutlierDetector"/>.</summary>
internal sealed class HostHealth
{
    public int Consecutive5xx { get; set; }

    public int ConsecutiveGatewayErrors { get; set; }

    /// <summary>When the host was ejected; null while it is used.</summary>
    public long? EjectedAt { get; set; }

    /// <summary>How many base ejection times the next ejection lasts.</summary>
    public int EjectionMultiplier { get; set; }
}

/// <summary>Limits a duration to the longest of .NET's timers. Istio's durations may be longer, but no rehearsal lasts that long.</summary>
internal static class Timers
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    public static TimeSpan Bounded(TimeSpan time) => time > Longest ? Longest : time;

    /// <summary>Starts the timeout, unless the work that it limits has ended.</summary>
    public static void TryStart(CancellationTokenSource limit, TimeSpan time)
    {
        try
        {
            limit.CancelAfter(Bounded(time));
        }
        catch (ObjectDisposedException)
        {
            // The work has ended.
        }
    }
}
