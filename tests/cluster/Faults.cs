using System.Diagnostics;
using System.Net;
using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster;

/// <summary>Faults on purpose: Envoy injects them for those whom the settings mean.</summary>
[Collection(nameof(OneMesh))]
public sealed class Faults(Mesh mesh)
{
    private const string Header = "x-gopher-version";

    [ClusterFact]
    public async Task Only_a_request_that_chose_the_version_is_late_and_fails()
    {
        await mesh.ToAsync($"previewHeader={Header}", "faultVersion=v1", "faultAbortPercent=100", "faultDelayMs=300");

        Assert.All(await AskAsync(chosen: null, 30), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.All(await AskAsync("v1", 30), answer =>
        {
            Assert.Equal((HttpStatusCode.BadGateway, "gopher-distributor answered 503\n"), (answer.Status, answer.Text));

            // A timer may be early by its resolution.
            Assert.True(answer.Took >= TimeSpan.FromMilliseconds(280), $"{answer.Took}");
        });
    }

    [ClusterFact]
    public async Task Live_faults_fail_the_declared_share_of_all_requests()
    {
        await mesh.ToAsync("faultVersion=v1", "faultLive=true", "faultAbortPercent=50");

        var answers = await AskAsync(chosen: null, 400);

        // A correct share is refused once in 10,000 times.
        var (low, high) = ShareTest.Acceptance(answers.Count, 0.5);
        Assert.InRange(answers.Count(answer => answer.Status == HttpStatusCode.BadGateway), low, high);
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadGateway, $"{answer.Status}"));
    }

    private async Task<IReadOnlyList<(HttpStatusCode Status, string Text, TimeSpan Took)>> AskAsync(string? chosen, int times)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        List<(HttpStatusCode, string, TimeSpan)> answers = [];
        for (var i = 0; i < times; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, mesh.Gateway);
            if (chosen is not null)
            {
                request.Headers.Add(Header, chosen);
            }

            var begun = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request);
            answers.Add((response.StatusCode, await response.Content.ReadAsStringAsync(), Stopwatch.GetElapsedTime(begun)));
        }

        return answers;
    }
}
