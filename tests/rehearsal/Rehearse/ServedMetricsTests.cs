using System.Globalization;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>What `gopherctl rehearse --serve` prints of metrics is true: whoever scrapes the address sees the requests counted.</summary>
[Collection(LiveTests.Name)]
public sealed class ServedMetricsTests
{
    // The requester's answers, as its own proxy reports them; and the copies, which only the distributor's report.
    private const string ToRequester = "reporter=\"destination\",*destination_canonical_service=\"gopher-requester\"";
    private const string Copied =
        "reporter=\"destination\",*destination_canonical_service=\"gopher-distributor\",*destination_version=\"v2\"";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task The_printed_address_counts_the_requests_that_are_served()
    {
        await using var gopherctl = new GopherctlProcess(
            RepositoryRoot.Find(), "rehearse", "--stack", "local", "--set", "canaryVersion=v2", "--requests", "20", "--serve");
        var metrics = await AddressAsync(gopherctl, "Istio's metrics at ");
        var gateway = await AddressAsync(gopherctl, "serving at ");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });

        var before = await client.GetStringAsync(metrics);
        for (var request = 0; request < 5; request++)
        {
            Assert.Contains("Gopher Version 1", await client.GetStringAsync(gateway), StringComparison.Ordinal);
        }

        var after = await UntilAsync(client, metrics, text => Count(text, Copied) >= Count(before, Copied) + 5);

        Assert.Equal(Count(before, ToRequester) + 5, Count(after, ToRequester));
        Assert.Equal(Count(before, Copied) + 5, Count(after, Copied));
    }

    private static async Task<Uri> AddressAsync(GopherctlProcess gopherctl, string behind) =>
        new((await gopherctl.LineAsync(line => line.StartsWith(behind, StringComparison.Ordinal)))[behind.Length..].Split(' ')[0]);

    // A copy may arrive after the answer.
    private static async Task<string> UntilAsync(HttpClient client, Uri metrics, Func<string, bool> isEnough)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var text = await client.GetStringAsync(metrics, limit.Token);
            if (isEnough(text))
            {
                return text;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private static long Count(string metrics, string labels) => metrics.Split('\n')
        .Where(line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal)
            && labels.Split('*').All(label => line.Contains(label, StringComparison.Ordinal)))
        .Sum(line => long.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture));
}
