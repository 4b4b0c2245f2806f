using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>
/// Watches, from before a change, for the first request that reaches a version's applications: no answer tells of a copy. It looks by
/// way of one connection to the API server, as a process for each look would cost more than what is measured.
/// </summary>
internal sealed class FirstArrival : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(20);

    private readonly ApiServerProxy _apiServer;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<Uri> _statistics;
    private readonly Task<long> _seen;

    private FirstArrival(ApiServerProxy apiServer, IEnumerable<Pod> pods)
    {
        _apiServer = apiServer;
        _statistics = [.. pods.Select(pod => new Uri($"http://{apiServer.Authority}{pod.StatisticsPath}"))];
        _seen = LookAsync();
    }

    /// <summary>Starts to watch a version that has received no request yet.</summary>
    public static async Task<FirstArrival> WatchAsync(string @namespace, string version)
    {
        var pods = await Pods.OfAsync(@namespace, $"app=gopher-distributor,version={version}");
        return new FirstArrival(await ApiServerProxy.StartAsync(), pods);
    }

    /// <summary>When a request was first seen, as a timestamp of Stopwatch.</summary>
    public Task<long> SeenAsync() => _seen;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _seen.ContinueWith(_ => { }, TaskScheduler.Default);
        await _apiServer.DisposeAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task<long> LookAsync()
    {
        while ((await Task.WhenAll(_statistics.Select(ReceivedAsync))).Sum() == 0)
        {
            await Task.Delay(BetweenLooks, _stop.Token);
        }

        return Stopwatch.GetTimestamp();
    }

    private async Task<long> ReceivedAsync(Uri statistics) => Pod.RequestsReceived(await _client.GetStringAsync(statistics, _stop.Token));
}

/// <summary>How many requests a version's applications have received, by the count of their proxies.</summary>
internal static class Receivers
{
    /// <summary>
    /// The count once nothing is on its way any more: no requester's proxy has a request to the version, or a copy, that is not
    /// answered. A proxy sends a copy before it has the live request's answer, so that this is final once all of those have come;
    /// nobody may send meanwhile.
    /// </summary>
    /// <param name="namespace">Where the gophers live.</param>
    /// <param name="version">E.g. <c>v2</c>.</param>
    /// <param name="atLeast">A count that has to be reached, where it is known.</param>
    public static async Task<long> SettledCountAsync(string @namespace, string version, long atLeast = 0)
    {
        long count = 0;
        await Eventually.TrueAsync($"{atLeast} requests to {version} have arrived, and none is under way", async () =>
            await NoneUnderWayAsync(@namespace, version) && (count = await CountAsync(@namespace, version)) >= atLeast);
        return count;
    }

    private static async Task<bool> NoneUnderWayAsync(string @namespace, string version)
    {
        foreach (var requester in await Pods.OfAsync(@namespace, "app=gopher-requester"))
        {
            if (await requester.RequestsUnderWayAsync(version) > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static async Task<long> CountAsync(string @namespace, string version)
    {
        var pods = await Pods.OfAsync(@namespace, $"app=gopher-distributor,version={version}");
        return (await Task.WhenAll(pods.Select(pod => pod.RequestsReceivedAsync()))).Sum();
    }
}
