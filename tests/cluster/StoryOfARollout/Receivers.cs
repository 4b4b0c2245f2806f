using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

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
