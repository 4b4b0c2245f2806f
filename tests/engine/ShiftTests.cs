namespace GopherMesh.Tests.Engine;

/// <summary>README's stages of a rollout, as callers outside see them through the load balancer.</summary>
[Collection(RunningStack.Name)]
public sealed class ShiftTests(RunningStack running)
{
    private readonly CommittedStack _stack = running.Stack;

    [EngineFact]
    public async Task Every_shift_is_one_update_that_callers_see()
    {
        Assert.Equal("nothing", (await _stack.UpAsync("--expect-no-changes")).Summary);
        foreach (var weight in (int[])[0, 50, 100])
        {
            await _stack.SetAsync("canaryWeight", $"{weight}");
            Assert.Equal("1 update", (await _stack.UpAsync()).Summary);
            await AssertAnswersAsync(weight);
        }

        await SetAsync(stable: "v2", canary: "", weight: 0);
        await _stack.UpAsync();
        await AssertAnswersAsync(v2: 100);

        await SetAsync(stable: "v1", canary: "v2", weight: 10);
        await _stack.UpAsync();
        Assert.Equal("nothing", (await _stack.PreviewAsync("--refresh", "--expect-no-changes")).Summary);
    }

    [EngineFact]
    public async Task A_shift_by_gopherctl_reaches_the_callers_within_seconds_and_no_request_fails()
    {
        await _stack.SetAsync("canaryWeight", "0");
        await _stack.UpAsync();
        await using (var callers = await Callers.SettledAsync(_stack))
        {
            var (up, back) = await ShiftTimes.MeasureAsync(_stack, CommittedStack.Name, callers, times: 10);

            Assert.Empty(await callers.FailedAsync());
            Assert.InRange(up, 0, 30);
            Assert.InRange(back, 0, 20);
        }

        await _stack.SetAsync("canaryWeight", "10");
        await _stack.UpAsync();
    }

    private async Task SetAsync(string stable, string canary, int weight)
    {
        await _stack.SetAsync("stableVersion", stable);
        await _stack.SetAsync("canaryVersion", canary);
        await _stack.SetAsync("canaryWeight", $"{weight}");
    }

    /// <summary>Asks through the load balancer, by its name; the share of v2 is within what chance does in 1 of 100,000 tests.</summary>
    private async Task AssertAnswersAsync(int v2)
    {
        const int Requests = 400;
        using var client = new HttpClient { BaseAddress = new(await _stack.OutputAsync("url")) };
        await RoutedAsync(client, v2);
        var answers = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            answers.Add(await client.GetStringAsync("/"));
        }

        var seen = answers.Count(answer => answer.Contains("Gopher Version 2", StringComparison.Ordinal));
        Checkout.Report($"{v2} % declared for v2: {seen} of {Requests} answers, none failed");
        Assert.InRange(seen, (Requests * v2 / 100.0) - Tolerance(v2), (Requests * v2 / 100.0) + Tolerance(v2));

        static double Tolerance(int percent) => 4.4 * Math.Sqrt(Requests * percent * (100 - percent) / 10_000.0);
    }

    // The proxies hear of a new weight a moment after the API server: asks until the version that is to answer has answered.
    private static async Task RoutedAsync(HttpClient client, int v2)
    {
        var wanted = v2 == 0 ? "Gopher Version 1" : "Gopher Version 2";
        var inARow = 0;
        for (var asked = 0; inARow < (v2 is 0 or 100 ? 20 : 1); asked++)
        {
            Assert.True(asked < 2_000, $"after {asked} answers, {wanted} does not answer as declared");
            inARow = (await client.GetStringAsync("/")).Contains(wanted, StringComparison.Ordinal) ? inARow + 1 : 0;
        }
    }
}
