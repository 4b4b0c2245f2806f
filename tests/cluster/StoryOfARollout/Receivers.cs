using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>How many requests a version's applications have received, by the count of their proxies.</summary>
internal static class Receivers
{
    /// <summary>The count once it no longer grows: twice the same, a second apart. Nobody else may send meanwhile.</summary>
    public static async Task<long> SettledCountAsync(string @namespace, string version)
    {
        var last = await CountAsync(@namespace, version);
        await Eventually.TrueAsync($"the last request to {version} has arrived", async () =>
        {
            await Task.Delay(1000);
            var before = last;
            last = await CountAsync(@namespace, version);
            return last == before;
        });
        return last;
    }

    private static async Task<long> CountAsync(string @namespace, string version)
    {
        var pods = await Pods.OfAsync(@namespace, $"app=gopher-distributor,version={version}");
        return (await Task.WhenAll(pods.Select(pod => pod.RequestsReceivedAsync()))).Sum();
    }
}
