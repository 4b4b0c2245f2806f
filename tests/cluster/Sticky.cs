using System.Net;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster;

/// <summary>Callers with a cookie jar, through gateway, requester and Envoy: who met a version stays with it until the weights say otherwise.</summary>
[Collection(nameof(OneMesh))]
public sealed class Sticky(Mesh mesh)
{
    private const string Minutes = "canaryStickyMinutes=10";

    [ClusterFact]
    public async Task A_caller_stays_with_the_version_that_answered_first_until_the_canary_goes_back()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50", Minutes);
        var callers = await NewCallersAsync(200);

        for (var times = 0; times < 3; times++)
        {
            await AskAsync(callers);
        }

        Assert.All(callers, caller => Assert.Single(caller.Met.Distinct()));

        // The weights hold for new callers: a correct split is refused once in 10,000 times.
        var (low, high) = ShareTest.Acceptance(callers.Count, 0.5);
        Assert.InRange(callers.Count(caller => caller.Met[0] == "v2"), low, high);

        // The canary's callers stay at another weight; the stable version's are drawn again.
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=90", Minutes);
        await AskAsync(callers);
        Assert.All(callers.Where(caller => caller.Met[0] == "v2"), caller => Assert.Equal("v2", caller.Met[^1]));
        Assert.Contains(callers, caller => caller.Met[0] == "v1" && caller.Met[^1] == "v2");

        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=0", Minutes);
        await AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v1", caller.Met[^1]));
        Assert.All(callers, caller => Assert.Equal(["session=mine"], caller.Cookies(mesh.Gateway)));
    }

    [ClusterFact]
    public async Task Cutover_and_promotion_take_everybody_along()
    {
        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=50", Minutes);
        var callers = await NewCallersAsync(30);

        await mesh.ToAsync("canaryVersion=v2", "canaryWeight=100", Minutes);
        await AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v2", caller.Met[^1]));

        await mesh.ToAsync("stableVersion=v2", Minutes);
        await AskAsync(callers);
        Assert.All(callers, caller => Assert.Equal("v2", caller.Met[^1]));
        Assert.All(callers, caller => Assert.Contains("session=mine", caller.Cookies(mesh.Gateway)));
    }

    private async Task<IReadOnlyList<JarCaller>> NewCallersAsync(int count)
    {
        List<JarCaller> callers = [.. Enumerable.Range(0, count).Select(_ => new JarCaller(mesh.Gateway))];
        await AskAsync(callers);
        return callers;
    }

    private async Task AskAsync(IReadOnlyList<JarCaller> callers)
    {
        foreach (var caller in callers)
        {
            await caller.AskAsync(mesh.Gateway);
        }
    }

    /// <summary>A browser, as far as cookies go.</summary>
    private sealed class JarCaller
    {
        private readonly CookieContainer _jar = new();

        public JarCaller(Uri gateway) => _jar.Add(gateway, new Cookie("session", "mine"));

        /// <summary>The versions that answered.</summary>
        public List<string> Met { get; } = [];

        public IEnumerable<string> Cookies(Uri gateway) => _jar.GetCookies(gateway).Select(cookie => cookie.ToString());

        public async Task AskAsync(Uri gateway)
        {
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, CookieContainer = _jar });
            var answer = await client.GetStringAsync(gateway);
            Met.Add(answer.Contains("Gopher Version 2", StringComparison.Ordinal) ? "v2" : answer.Contains("Gopher Version 1", StringComparison.Ordinal) ? "v1" : answer);
        }
    }
}
