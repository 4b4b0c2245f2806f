using System.Diagnostics;
using System.Globalization;
using System.Net;
using GopherMesh.Tests.Page;
using Microsoft.Playwright;

namespace GopherMesh.Benchmarks;

/// <summary>
/// The page of a rehearsal. Aims: it costs at most 5 % of the rehearsal's throughput when it is open and nothing when nobody looks; a request
/// is on it within 300 ms at the 95th percentile at 2,000 requests/s; the slider is obeyed within 1 s; 50 pods at 60 frames a second.
/// </summary>
internal static class PageBenchmark
{
    private const int Rounds = 9;
    private const int Rate = 2000;
    private const int Moves = 12;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    // Weights, and the version that answers at them.
    private static readonly string[][] Turns = [["100", "v2"], ["0", "v1"]];

    // Notes when the page has taken a message and the next frame begins, and how soon another version answers.
    private const string Instruments = """
        window.taken = []; window.wanted = null;
        const add = EventSource.prototype.addEventListener;
        EventSource.prototype.addEventListener = function (name, take) {
          return add.call(this, name, name !== 'requests' ? take : event => {
            take(event);
            const requests = JSON.parse(event.data).filter(request => request[3] < 2), count = requests.reduce((sum, request) => sum + request[4], 0);
            requestAnimationFrame(() => window.taken.push([performance.timeOrigin + performance.now(), count]));
            if (window.wanted && requests.some(request => request[2] === window.wanted.version)) { window.wanted.done(performance.now() - window.wanted.since); window.wanted = null; }
          });
        };
        """;

    /// <summary>Measures; without a browser only what the server costs.</summary>
    public static async Task RunAsync()
    {
        var (bare, bareAddress) = await RehearsedChild.StartAsync(hasPage: false);
        using var first = bare;
        var (unseen, unseenAddress) = await RehearsedChild.StartAsync(hasPage: true);
        using var second = unseen;
        var (open, openAddress) = await RehearsedChild.StartAsync(hasPage: true);
        using var third = open;
        using (var reader = new Reader(open.Page!))
        {
            var (measured, ratios) = await InTurnsAsync(bareAddress, unseenAddress, openAddress);
            Write("no page", measured[0]);
            Write("a page that nobody looks at", measured[1]);
            Write("a page that is open", measured[2]);
            Console.WriteLine($"  requests/s while nobody looks, of those without a page: {RatioGoal.AtLeast(0.98).Judge(ratios[1])}");
            Console.WriteLine($"  requests/s while it is open, of those without a page: {RatioGoal.AtLeast(0.95).Judge(ratios[2])}");
        }

        if (Chromium.SkipReason is { } missing)
        {
            Console.WriteLine($"the page in a browser: not measured, {missing}");
            return;
        }

        var chromium = new Chromium();
        await chromium.InitializeAsync();
        try
        {
            await BrowserAsync(chromium, bareAddress, open, openAddress);
        }
        finally
        {
            await chromium.DisposeAsync();
        }
    }

    private static async Task BrowserAsync(Chromium chromium, Uri bareAddress, Child open, Uri openAddress)
    {
        await FramesAsync(chromium);
        await using var context = await chromium.Browser.NewContextAsync();
        await context.AddInitScriptAsync(Instruments);
        var page = await context.NewPageAsync();
        await page.GotoAsync(open.Page!.ToString());
        await page.Locator("#live[data-live=yes]").WaitForAsync();

        await DelayAsync(page, openAddress);
        await SliderAsync(page);

        // The browser computes on the same machine, so this is the price of both.
        var (measured, ratios) = await InTurnsAsync(bareAddress, openAddress);
        Write("a page in a browser here", measured[1]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  requests/s with the browser on this machine, of those without a page: {ratios[1]:0.00} (no aim: the browser takes CPU of its own)"));
    }

    // A ratio within each round, and the one in the middle of them: what disturbs a whole round then disturbs both of its sides.
    private static async Task<(IReadOnlyList<Measured> Measured, IReadOnlyList<double> Ratios)> InTurnsAsync(params Uri[] addresses)
    {
        List<Measured[]> rounds = [];
        for (var round = -1; round < Rounds; round++)
        {
            List<Measured> turns = [];
            foreach (var address in addresses)
            {
                turns.Add(await ClosedLoop.RunAsync(address, Round));
            }

            // The first warms up.
            if (round >= 0)
            {
                rounds.Add([.. turns]);
            }
        }

        return (
            [.. addresses.Select((_, turn) => Measured.Median(rounds.Select(round => round[turn])))],
            [.. addresses.Select((_, turn) => Median(rounds.Select(round => round[turn].PerSecond / round[0].PerSecond)))]);
    }

    // The n-th request that was answered is the n-th that the page shows: both are counted from zero.
    private static async Task DelayAsync(IPage page, Uri gateway)
    {
        List<double> answered = [];
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var end = new CancellationTokenSource(Load);
        var start = Stopwatch.GetTimestamp();
        await Gopherctl.Watch.Pace.RunAsync(
            new(gateway, Requests: null, Rate, Headers: []),
            async _ =>
            {
                using var answer = await client.GetAsync(gateway, CancellationToken.None);
                return new(default, default, (int)answer.StatusCode, "");
            },
            answer => answered.Add(answer.Status == (int)HttpStatusCode.OK ? Now() : throw new BenchmarkException("a request failed")),
            TimeProvider.System,
            end.Token);
        var perSecond = answered.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        await Task.Delay(Settled);

        var shown = (await page.EvaluateAsync<double[][]>("() => window.taken")).SelectMany(taken => Enumerable.Repeat(taken[0], (int)taken[1])).Order().ToList();
        // A gateway that tries a request anew makes two of it.
        if (Math.Abs(shown.Count - answered.Count) > answered.Count / 100)
        {
            throw new BenchmarkException($"the page shows {shown.Count} of {answered.Count} requests");
        }

        var delays = shown.Zip(answered.Order(), (seen, sent) => seen - sent).Order().ToList();
        var p95 = delays[(int)(delays.Count * 0.95)];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"a request on the page at {perSecond:0} requests/s: p50 {delays[delays.Count / 2]:0} ms, p95 {p95:0} ms"));
        Console.WriteLine($"  p95, of 300 ms: {RatioGoal.AtMost(1).Judge(p95 / 300)}");
    }

    private static async Task SliderAsync(IPage page)
    {
        await page.GetByLabel("Traffic").SelectOptionAsync("200");
        List<double> delays = [];
        for (var move = 0; move < Moves; move++)
        {
            await Task.Delay(Settled);
            delays.Add(await page.EvaluateAsync<double>(
                """
                ([weight, version]) => new Promise(done => {
                  window.wanted = { version, since: performance.now(), done };
                  const slider = document.getElementById('weight');
                  slider.value = weight;
                  slider.dispatchEvent(new Event('input', { bubbles: true }));
                })
                """,
                Turns[move % 2]));
        }

        await page.GetByLabel("Traffic").SelectOptionAsync("0");
        delays.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the slider, until the first request of the other version is on the page: median {delays[Moves / 2]:0} ms, longest {delays[^1]:0} ms of {Moves}"));
        Console.WriteLine($"  longest, of 1 s: {RatioGoal.AtMost(1).Judge(delays[^1] / 1000)}");
    }

    private static async Task FramesAsync(Chromium chromium)
    {
        await using var crowd = await CrowdedPage.StartAsync(Rate);
        var (full, empty) = (await chromium.Browser.NewPageAsync(), await chromium.Browser.NewPageAsync());
        await full.GotoAsync(crowd.Address.ToString());
        await full.Locator("#live[data-live=yes]").WaitForAsync();
        List<(double Full, double Empty)> rounds = [];
        for (var round = 0; round < Rounds; round++)
        {
            rounds.Add((await CountAsync(full), await CountAsync(empty)));
        }

        var (fps, most) = (Median(rounds.Select(round => round.Full)), Median(rounds.Select(round => round.Empty)));
        await full.Context.CloseAsync();
        await empty.Context.CloseAsync();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{CrowdedPage.Pods} pods at {Rate} requests/s: {fps:0.0} frames a second; an empty page has {most:0.0}"));
        Console.WriteLine($"  frames, of 60 a second: {RatioGoal.AtLeast(0.95).Judge(fps / 60)}; of the empty page's: {RatioGoal.AtLeast(0.95).Judge(fps / most)}");

        static async Task<double> CountAsync(IPage page)
        {
            await page.BringToFrontAsync();
            return await page.EvaluateAsync<double>(
                "() => new Promise(done => { let count = 0; const since = performance.now(), next = () => { count++; const time = performance.now() - since; time < 2000 ? requestAnimationFrame(next) : done((1000 * count) / time); }; requestAnimationFrame(next); })");
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);

    private static double Now() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static void Write(string name, Measured measured)
    {
        Console.WriteLine($"{name,-28}  {measured}");
        Console.WriteLine($"  {measured.Costs()}");
    }

    /// <summary>Reads what a page is told, as fast as it comes.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });
        private readonly CancellationTokenSource _end = new();

        public Reader(Uri page) => _ = ReadAsync(new(page, "/events"));

        public void Dispose()
        {
            _end.Cancel();
            _client.Dispose();
            _end.Dispose();
        }

        private async Task ReadAsync(Uri events)
        {
            using var stream = await _client.GetStreamAsync(events, _end.Token);
            await stream.CopyToAsync(Stream.Null, _end.Token);
        }
    }
}
