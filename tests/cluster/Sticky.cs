using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Cluster;

/// <summary>Callers with a cookie jar, through gateway, requester and Envoy: a caller stays with the version that answered first until the weights say otherwise.</summary>
[Collection(nameof(OneMesh))]
public sealed class Sticky(Mesh mesh)
{
    private const string Minutes = "canaryStickyMinutes=10";

    [ClusterFact]
    public async Task A_caller_stays_with_the_version_that_answered_first_until_the_canary_goes_back()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50", Minutes);
        var callers = await CallerWithCookies.NewAsync(mesh.Gateway, 200);

        for (var times = 0; times < 3; times++)
        {
            await CallerWithCookies.AskAsync(callers);
        }

        Assert.All(callers, caller => Assert.Single(caller.Met.Distinct()));

        // The weights hold for new callers: a correct split is refused once in 10,000 times.
        var (low, high) = ShareTest.Acceptance(callers.Count, 0.5);
        Assert.InRange(callers.Count(caller => caller.Met[0] == "v2"), low, high);

        // The canary's callers stay at another weight; the stable version's are drawn again.
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=90", Minutes);
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers.Where(caller => caller.Met[0] == "v2"), caller => Assert.Equal("v2", caller.Met[^1]));
        Assert.Contains(callers, caller => caller.Met[0] == "v1" && caller.Met[^1] == "v2");

        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=0", Minutes);
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v1", caller.Met[^1]));
        Assert.All(callers, caller => Assert.Equal(["session=mine"], caller.Cookies));
    }

    [ClusterFact]
    public async Task Cutover_and_promotion_take_everybody_along()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50", Minutes);
        var callers = await CallerWithCookies.NewAsync(mesh.Gateway, 30);

        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=100", Minutes);
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v2", caller.Met[^1]));

        await mesh.ToAsync("stableVersion=v2", Minutes);
        await CallerWithCookies.AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v2", caller.Met[^1]));
        Assert.All(callers, caller => Assert.Contains("session=mine", caller.Cookies));
    }
}
