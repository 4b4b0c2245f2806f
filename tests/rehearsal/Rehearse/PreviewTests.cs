using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>A tester reaches a version by a header, whatever the weights, through the gateway and the requester.</summary>
[Collection(LiveTests.Name)]
public sealed partial class PreviewTests : IDisposable
{
    private const string Header = "x-gopher-version";
    private const int Times = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ServedStack _stack = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    [Fact]
    public async Task The_header_chooses_the_version_and_other_values_fall_through_to_the_weights()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", "canaryWeight: 0", $"previewHeader: {Header}");
        var gateway = await ServedStack.GatewayAsync(gopherctl);

        await AssertAnsweredAsync(gateway, "Gopher Version 2", "v2");
        await AssertAnsweredAsync(gateway, "Gopher Version 1", "v1", "v9", "V2", "");

        _stack.Write("canaryVersion: v2", "canaryWeight: 100", $"previewHeader: {Header}");
        await gopherctl.LineAsync(line => line == "applied: 1 object changed");

        await AssertAnsweredAsync(gateway, "Gopher Version 1", "v1");
        await AssertAnsweredAsync(gateway, "Gopher Version 2", "v2", "v9", "V2", "");
    }

    [Fact]
    public async Task A_previewed_request_is_never_copied_and_one_that_falls_through_is()
    {
        await using var gopherctl = _stack.Serve("canaryVersion: v2", $"previewHeader: {Header}");
        var gateway = await ServedStack.GatewayAsync(gopherctl);
        var metrics = await ServedStack.MetricsAsync(gopherctl);
        var before = await ReceivedByV2Async(metrics);

        for (var i = 0; i < Times; i++)
        {
            await AskAsync(gateway, "v1");
            await AskAsync(gateway, "v2");
        }

        // A copy arrives after its request was answered. Each of these waits for its own, so that one too many has had the time of ten.
        for (var i = 1; i <= Times; i++)
        {
            await AskAsync(gateway, "v9");
            await UntilReceivedAsync(metrics, before + Times + i);
        }

        Assert.Equal(before + Times + Times, await ReceivedByV2Async(metrics));
    }

    public void Dispose()
    {
        _client.Dispose();
        _stack.Dispose();
    }

    [GeneratedRegex(
        """^istio_requests_total\{(?=.*reporter="destination")(?=.*destination_version="v2").*\} ([0-9]+)$""", RegexOptions.Multiline)]
    private static partial Regex OfV2();

    private async Task AssertAnsweredAsync(Uri gateway, string answer, params string[] values)
    {
        foreach (var value in values)
        {
            for (var i = 0; i < Times; i++)
            {
                Assert.Contains(answer, await AskAsync(gateway, value), StringComparison.Ordinal);
            }
        }
    }

    private async Task<string> AskAsync(Uri gateway, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway);
        request.Headers.Add(Header, value);
        using var response = await _client.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}");
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Requests and copies that v2's proxies report.</summary>
    private async Task<long> ReceivedByV2Async(Uri metrics) => OfV2().Matches(await _client.GetStringAsync(metrics))
        .Sum(series => long.Parse(series.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));

    private async Task UntilReceivedAsync(Uri metrics, long count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (await ReceivedByV2Async(metrics) < count)
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
