using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>The counts of versions as a real Prometheus has scraped them, and its answers that are none.</summary>
public sealed class PrometheusCountsTests
{
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    [Fact]
    public void The_time_between_scrapes_is_that_of_the_stacks_Prometheus() => Assert.Contains(
        $"scrape_interval: {PrometheusCounts.IntervalSeconds}s\n", File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "observability", "prometheus", "prometheus.yml")), StringComparison.Ordinal);

    [PrometheusFact]
    public async Task Counts_are_those_of_the_newest_scrape_by_the_reporter_that_knows_them()
    {
        await using var pod = await ScrapedPod.StartAsync(Lines("source", "v1", 990, 10), Lines("source", "v2", 48, 2), Lines("destination", "v1", 1000, 0), Lines("destination", "v2", 700, 300));

        var requests = await pod.ReadAsync(copies: false, _ => true);
        var copies = await pod.ReadAsync(copies: true, _ => true);

        Assert.Equal((1000, 10), Counted(requests, "v1"));
        Assert.Equal((50, 2), Counted(requests, "v2"));
        Assert.Equal((1000, 300), Counted(copies, "v2"));
        Assert.Equal([0, 0, 0, 0, 50, 50, 50, 50, 50, 50, 50, 50], requests.Versions["v2"]["caller-1 by Prometheus"].Within);
        Assert.InRange(DateTimeOffset.UtcNow - (DateTimeOffset.UnixEpoch + requests.At), TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(45));
    }

    [PrometheusFact]
    public async Task A_counter_that_begins_anew_and_a_pod_that_is_scraped_no_more_are_no_evidence()
    {
        await using var pod = await ScrapedPod.StartAsync(Lines("source", "v1", 1000, 0), Lines("source", "v2", 1000, 0));
        var judge = new RolloutJudge(JudgeSettings.Default, RequestCounts.Bounds);
        _ = judge.Look(Reading(await pod.ReadAsync(copies: false, _ => true)));

        pod.Show(Lines("source", "v1", 2000, 0), Lines("source", "v2", 5, 0));
        var restarted = await pod.ReadAsync(copies: false, scraped => Counted(scraped, "v2").Requests == 5);
        var look = judge.Look(Reading(restarted));
        pod.Close();
        var gone = judge.Look(Reading(await pod.ReadAsync(copies: false, _ => true)));

        Assert.Equal(["canary: the counters of caller-1 by Prometheus began again at zero", "no new requests of the canary: there is nothing to compare"], look.Remarks);
        Assert.Null(look.Phase);
        Assert.Equal(["the counts are not newer than those before"], gone.Remarks);
    }

    [PrometheusFact]
    public async Task The_time_in_which_requests_reached_no_pod_is_no_evidence()
    {
        await using var pod = await ScrapedPod.StartAsync(Lines("source", "v1", 1000, 0), Lines("source", "v2", 1000, 0));
        var judge = new RolloutJudge(JudgeSettings.Default, RequestCounts.Bounds);
        _ = judge.Look(Reading(await pod.ReadAsync(copies: false, _ => true)));

        pod.Show(Lines("source", "v1", 2000, 0), Lines("source", "v2", 2000, 0), Lines("source", "unknown", 0, 7));
        var unplaced = await pod.ReadAsync(copies: false, scraped => scraped.Versions["v1"].Keys.Single() != "caller-1 by Prometheus");

        Assert.Equal("caller-1 by Prometheus, with 7 requests that reached no pod", unplaced.Versions["v2"].Keys.Single());
        Assert.Null(judge.Look(Reading(unplaced)).Phase);
    }

    [Fact]
    public void A_series_that_has_ended_is_not_added_to_those_that_go_on()
    {
        const string Answer = """
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"__name__":"istio_requests_total","pod":"p","destination_version":"v1","response_code":"200"},"values":[[100,"5"],[115,"9"]]},
              {"metric":{"__name__":"istio_requests_total","pod":"p","destination_version":"v1","response_code":"503"},"values":[[100,"7"]]}]}}
            """;

        var scraped = PrometheusCounts.Of(Answer)!;

        Assert.Equal((9, 0), Counted(scraped, "v1"));
        Assert.Equal(TimeSpan.FromSeconds(115), scraped.At);
        Assert.Null(scraped.Of("v1", "v2", weight: 5));
    }

    // 15 s since the scrape before, in which another caller may have been scraped, and 5 s in which Envoy's histograms do not have a request.
    [Fact]
    public void What_is_scraped_may_have_been_answered_twenty_seconds_before_the_last_scrape()
    {
        var versions = new Dictionary<string, IReadOnlyDictionary<string, VersionCounts>> { ["v1"] = new Dictionary<string, VersionCounts>(), ["v2"] = new Dictionary<string, VersionCounts>() };

        var reading = new Scraped(TimeSpan.FromSeconds(115), versions).Of("v1", "v2", weight: 5)!;

        Assert.Equal((TimeSpan.FromSeconds(115), 5, "Prometheus", TimeSpan.FromSeconds(20)), (reading.At, reading.Weight, reading.From, reading.Behind));
    }

    [Fact]
    public void An_answer_without_a_fresh_scrape_gives_no_counts() =>
        Assert.Null(PrometheusCounts.Of("""{"status":"success","data":{"resultType":"matrix","result":[]}}"""));

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"parse error"}""", "the stack's Prometheus does not answer: parse error")]
    [InlineData("<html>503</html>", "what Prometheus' /api/v1/query printed cannot be read")]
    public void An_answer_that_is_none_is_told(string answer, string said) =>
        Assert.StartsWith(said, Assert.Throws<UserException>(() => PrometheusCounts.Of(answer)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_Prometheus_that_cannot_be_reached_is_told()
    {
        using var counts = new PrometheusCounts(Host, _ => Task.FromResult<(Process, int)?>(null));

        Assert.Contains("does not answer", (await Assert.ThrowsAsync<UserException>(() => counts.ReadAsync(copies: false, CancellationToken.None))).Message, StringComparison.Ordinal);
    }

    private static Reading Reading(Scraped scraped) => new(scraped.At, 5, Judged(scraped.Versions["v1"]), Judged(scraped.Versions["v2"]));

    private static Dictionary<string, VersionCounts> Judged(IReadOnlyDictionary<string, VersionCounts> pods) =>
        pods.ToDictionary(pod => pod.Key, pod => pod.Value with { Within = [.. pod.Value.Within.TakeLast(RequestCounts.Bounds.Length)] });

    private static (long Requests, long Failures) Counted(Scraped scraped, string version) => (scraped.Versions[version].Values.Single().Requests, scraped.Versions[version].Values.Single().Failures);

    // Every answer in 30 ms.
    private static string Lines(string reporter, string version, int good, int bad)
    {
        var labels = $"reporter=\"{reporter}\",destination_service_name=\"gopher-distributor\",destination_service_namespace=\"gophers\",destination_version=\"{version}\"";
        var buckets = ((string[])["10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000", "+Inf"]).Select((bound, index) =>
            string.Create(CultureInfo.InvariantCulture, $"istio_request_duration_milliseconds_bucket{{{labels},response_code=\"200\",le=\"{bound}\"}} {(index < 2 ? 0 : good + bad)}\n"));
        return string.Create(CultureInfo.InvariantCulture, $"istio_requests_total{{{labels},response_code=\"200\"}} {good}\nistio_requests_total{{{labels},response_code=\"503\"}} {bad}\n{string.Concat(buckets)}");
    }

    /// <summary>A pod whose metrics a Prometheus scrapes every second.</summary>
    private sealed class ScrapedPod : IAsyncDisposable
    {
        private readonly HttpListener _metrics = new();
        private LocalPrometheus? _prometheus;
        private PrometheusCounts? _counts;
        private string _page = "";

        public static async Task<ScrapedPod> StartAsync(params string[] lines)
        {
            var pod = new ScrapedPod { _page = string.Concat(lines) };
            var port = new Random().Next(20_000, 30_000);
            pod._metrics.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            pod._metrics.Start();
            _ = pod.AnswerAsync();
            pod._prometheus = await LocalPrometheus.StartAsync(
                string.Create(CultureInfo.InvariantCulture, $"scrape_configs: [{{job_name: pods, static_configs: [{{targets: [\"127.0.0.1:{port}\"], labels: {{pod: caller-1}}}}]}}]"));
            pod._counts = new(Host, _ => Task.FromResult<(Process, int)?>((Process.Start("sleep", "600"), pod._prometheus.Address.Port)));
            return pod;
        }

        public void Show(params string[] lines) => _page = string.Concat(lines);

        public void Close() => _metrics.Close();

        /// <summary>Reads until a scrape is the wanted one.</summary>
        public async Task<Scraped> ReadAsync(bool copies, Func<Scraped, bool> isWanted)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (true)
            {
                if (await _counts!.ReadAsync(copies, patience.Token) is { } scraped && isWanted(scraped))
                {
                    return scraped;
                }

                await Task.Delay(50, patience.Token);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _counts?.Dispose();
            _metrics.Close();
            if (_prometheus is not null)
            {
                await _prometheus.DisposeAsync();
            }
        }

        private async Task AnswerAsync()
        {
            try
            {
                while (true)
                {
                    var context = await _metrics.GetContextAsync();
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(_page));
                    context.Response.Close();
                }
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // Closed.
            }
        }
    }
}

/// <summary>A test that needs Prometheus, and is skipped where it is not installed.</summary>
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = LocalPrometheus.SkipReason;
}
