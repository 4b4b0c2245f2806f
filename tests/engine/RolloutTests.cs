using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Engine;

/// <summary>
/// Whole rollouts and shifts by gopherctl on the stack of an existing cluster, under a load that the test itself counts. The figures of
/// docs/rollout.md, "What was seen", are what is reported here; what is asserted of times leaves room for other work on the machine.
/// </summary>
public sealed class RolloutTests(RolledOutStack rolledOut) : IClassFixture<RolledOutStack>
{
    private const int Times = 5;

    // Of issue 15; the rehearsal's aim is 20.
    private const int MostFailed = 50;

    private readonly CommittedStack _stack = rolledOut.Stack;

    [EngineFact]
    public async Task A_healthy_canary_goes_from_the_dark_launch_to_promotion_and_no_request_fails()
    {
        await PrepareAsync(canary: "", mirrorPercent: 100);
        await using var callers = await Callers.SettledAsync(_stack);

        var rollout = await RolloutAsync(_stack, "v2", callers);

        await AssertPromotedAsync(rollout, callers);
        Assert.All(rollout.Decisions.Where(decision => decision.IsCounted), decision => Assert.EndsWith(", as the callers' proxies counted)", decision.Reason, StringComparison.Ordinal));
    }

    [EngineFact]
    public async Task A_canary_that_fails_everything_met_without_a_dark_launch_costs_few_requests_and_none_but_its_own()
    {
        for (var time = 0; time < 3; time++)
        {
            await PrepareAsync(RolledOutStack.Dead, mirrorPercent: 0);
            await using var callers = await Callers.SettledAsync(_stack);

            var rollout = await RolloutAsync(_stack, RolledOutStack.Dead, callers);

            await AssertTakenBackAsync(rollout, callers, MostFailed);
        }
    }

    [EngineFact]
    public async Task A_shift_reaches_the_callers_both_ways_within_seconds_and_no_request_fails()
    {
        await PrepareAsync("v2", mirrorPercent: 100);
        await using var callers = await Callers.SettledAsync(_stack);
        var (up, back) = await ShiftTimes.MeasureAsync(_stack, "local", callers, Times);

        Assert.Empty(await callers.FailedAsync());
        Assert.InRange(up, 0, 20);
        Assert.InRange(back, 0, 10);
    }

    [ScrapedEngineFact]
    public async Task Where_the_proxies_cannot_be_read_verdicts_rest_on_the_scrapes_of_a_Prometheus()
    {
        // Without copies: Envoy's counters of a caller have them among the requests, Istio's do not.
        await PrepareAsync("v2", mirrorPercent: 0);
        await using var prometheus = await ScrapedCallers.StartAsync();
        var stack = _stack.With(("PATH", await ScrapedCallers.PathAsync(prometheus.Address.Port)));
        await using (var callers = await Callers.SettledAsync(_stack))
        {
            var rollout = await RolloutAsync(stack, "v2", callers);

            await AssertPromotedAsync(rollout, callers);
            AssertOfPrometheus(rollout);
        }

        await PrepareAsync(RolledOutStack.Dead, mirrorPercent: 0);
        await using (var callers = await Callers.SettledAsync(_stack))
        {
            var rollout = await RolloutAsync(stack, RolledOutStack.Dead, callers);

            // A dead canary fails 10 requests a second until the next scrape but one, and until it is out.
            await AssertTakenBackAsync(rollout, callers, most: 1_000);
            AssertOfPrometheus(rollout);
        }
    }

    private static void AssertOfPrometheus(Rollout rollout)
    {
        Assert.Contains("verdicts rest on Prometheus, a scrape behind, until the proxies can be read", rollout.Run.Output, StringComparison.Ordinal);
        Assert.All(rollout.Decisions.Where(decision => decision.IsCounted), decision => Assert.EndsWith(", as Prometheus counted)", decision.Reason, StringComparison.Ordinal));
        Assert.Contains(rollout.Decisions, decision => decision.IsCounted);
    }

    private async Task AssertPromotedAsync(Rollout rollout, Callers callers)
    {
        Assert.True(rollout.Run.ExitCode == 0, rollout.Run.Output);
        Assert.Equal("v2", (await _stack.PulumiAsync("config", "get", "stableVersion")).Succeeded().Output.Trim());

        // v1's pods go last, and whatever that breaks is counted too.
        await callers.NextAsync(2 * Callers.RequestsPerSecond);
        Assert.Equal("v2", callers.Answers[^1].Version);
        Assert.Empty(await callers.FailedAsync());
    }

    private static async Task AssertTakenBackAsync(Rollout rollout, Callers callers, int most)
    {
        Assert.True(rollout.Run.ExitCode == 1, rollout.Run.Output);
        await callers.NextAsync(2 * Callers.RequestsPerSecond);
        var failed = await callers.FailedAsync();
        Assert.All(failed, answer => Assert.Equal("502 gopher-distributor answered 500", $"{answer.Status} {answer.Text}"));
        Assert.InRange(failed.Count, 1, most);
        var verdict = Assert.Single(rollout.Decisions, decision => decision.Kind == "goBack").At;
        Checkout.Report($"a dead canary: {failed.Count} failed of {callers.Answers.Count}; {(verdict - failed[0].Ended).TotalSeconds:F1} s from the first to the verdict, {(failed[^1].Ended - verdict).TotalSeconds:F1} s from the verdict to the last");
        Assert.InRange(failed[^1].Ended - verdict, TimeSpan.MinValue, TimeSpan.FromSeconds(10));
    }

    // The stack as it is before a rollout: v1 answers everything. A canary that is named is deployed dark already, with copies or without.
    private async Task PrepareAsync(string canary, int mirrorPercent)
    {
        await _stack.SetAsync("stableVersion", "v1");
        await _stack.SetAsync("canaryVersion", canary);
        await _stack.SetAsync("canaryWeight", "0");
        await _stack.SetAsync("mirrorPercent", $"{mirrorPercent}");
        await _stack.UpAsync("--skip-preview");
    }

    private static async Task<Rollout> RolloutAsync(CommittedStack stack, string version, Callers callers)
    {
        var rollout = new Rollout(await stack.BashAsync($"./gopherctl rollout {version} --stack local --bake 10 --output json"));
        await File.WriteAllTextAsync(Path.Combine(Checkout.Work, "last-rollout"), rollout.Run.Output);
        Checkout.Report($"rollout {version}: status {rollout.Run.ExitCode}, {rollout.Run.Took.TotalSeconds:F0} s, {callers.Answers.Count} requests, {(await callers.FailedAsync()).Count} failed; load {Checkout.Load}");
        foreach (var decision in rollout.Decisions)
        {
            Checkout.Report($"  {decision.Stage}: {decision.Kind}: {decision.Reason}");
        }

        return rollout;
    }

    /// <summary>A rollout that has ended, with what it said.</summary>
    private sealed record Rollout(ProgramResult Run)
    {
        public IReadOnlyList<Decision> Decisions { get; } =
        [
            .. Run.Output.Split('\n').Where(line => line.StartsWith("{\"event\":\"decision\"", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line)!)
                .Select(json => new Decision((DateTimeOffset)json["at"]!, $"{json["stage"]}", $"{json["decision"]}", $"{json["reason"]}")),
        ];
    }

    private sealed record Decision(DateTimeOffset At, string Stage, string Kind, string Reason)
    {
        /// <summary>Whether it rests on requests, not on a time that is over.</summary>
        public bool IsCounted => Reason.Contains(" counted)", StringComparison.Ordinal);
    }
}

/// <summary>The stack local with three versions, of which the last fails every request; its gateway has the load balancer's address.</summary>
public sealed class RolledOutStack : IAsyncLifetime
{
    /// <summary>The version that answers every request with 500.</summary>
    internal const string Dead = "v3";

    internal CommittedStack Stack { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Checkout.SkipReason is not null)
        {
            return;
        }

        Stack = await CommittedStack.InitLocalAsync(await ExistingClusterTests.KubeconfigAsync());
        await Stack.UseTestImagesAsync();
        await Stack.SetPathAsync($"versions.{Dead}", "docker.io/local/stub-distributor:error");
        await Stack.SetAsync("gatewayServiceType", "LoadBalancer");
        await Stack.UpAsync("--skip-preview");
    }

    public async Task DisposeAsync()
    {
        if (Stack is not null)
        {
            await Stack.DestroyAsync();
        }
    }
}

/// <summary>An <see cref="EngineFactAttribute"/> that needs a Prometheus, too.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ScrapedEngineFactAttribute : FactAttribute
{
    public ScrapedEngineFactAttribute() => Skip = Checkout.SkipReason ?? LocalPrometheus.SkipReason;
}

/// <summary>An answer to a caller.</summary>
/// <param name="Ended">When it had come.</param>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="Text">The answer's line, or why there is none.</param>
internal sealed record Answer(DateTimeOffset Ended, int Status, string Text)
{
    private const string Line = "Request >> Gopher Version ";

    /// <summary>Which version answered; null for a failure.</summary>
    public string? Version => Status == 200 && Text.StartsWith(Line, StringComparison.Ordinal) ? $"v{Text[Line.Length..].Split(' ')[0]}" : null;
}

/// <summary>Callers outside the mesh, who ask through the gateway at a steady rate, whatever the answers take.</summary>
internal sealed class Callers : IAsyncDisposable
{
    public const int RequestsPerSecond = 200;

    // Longer than the stack lets any request take, so that it is the mesh that gives up.
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentQueue<Answer> _answers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sending;
    private int _underWay;

    private Callers(Uri url) => _sending = Task.Run(() => SendAsync(url));

    /// <summary>What was answered, in that order.</summary>
    public IReadOnlyList<Answer> Answers => [.. _answers];

    /// <summary>
    /// Starts them. What an update just moved may still settle, and the first connections are made: the count begins when two seconds had no failure.
    /// </summary>
    public static async Task<Callers> SettledAsync(CommittedStack stack)
    {
        var callers = new Callers(new(await stack.OutputAsync("url")));
        for (var tries = 0; tries == 0 || (await callers.FailedAsync()).Count > 0; tries++)
        {
            Assert.True(tries < 30, $"callers fail before anything begins: {callers.Answers.LastOrDefault(answer => answer.Version is null)}");
            callers.Forget();
            await callers.NextAsync(2 * RequestsPerSecond);
        }

        return callers;
    }

    /// <summary>Counts from now on.</summary>
    public void Forget() => _answers.Clear();

    /// <summary>Waits until so many more have been answered.</summary>
    public Task NextAsync(int requests)
    {
        var enough = _answers.Count + Volatile.Read(ref _underWay) + requests;
        return UntilAsync(answers => answers.Count >= enough);
    }

    /// <summary>Waits for answers of which something is true.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<Answer>, bool> isTrue)
    {
        var start = Stopwatch.GetTimestamp();
        while (!isTrue(Answers))
        {
            Assert.False(_sending.IsCompleted, $"the callers have ended: {_sending.Exception}");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), "the answers that were waited for have not come within two minutes");
            await Task.Delay(100);
        }
    }

    /// <summary>What was not answered by a gopher, once what is under way now has been.</summary>
    public async Task<IReadOnlyList<Answer>> FailedAsync()
    {
        await NextAsync(1);
        return [.. _answers.Where(answer => answer.Version is null)];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sending;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(Uri url)
    {
        var (start, sent) = (Stopwatch.GetTimestamp(), 0L);
        List<Task> requests = [];
        while (!_stop.IsCancellationRequested)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * RequestsPerSecond); sent < due; sent++)
            {
                requests.Add(AskAsync(url));
            }

            requests.RemoveAll(request => request.IsCompletedSuccessfully);
            await Task.Delay(2);
        }

        await Task.WhenAll(requests);
    }

    private async Task AskAsync(Uri url)
    {
        Interlocked.Increment(ref _underWay);
        var (status, text) = (0, "");
        try
        {
            using var answer = await _client.GetAsync(url, CancellationToken.None);
            (status, text) = ((int)answer.StatusCode, (await answer.Content.ReadAsStringAsync(CancellationToken.None)).TrimEnd());
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
        {
            text = lost.Message;
        }

        _answers.Enqueue(new(DateTimeOffset.UtcNow, status, text));
        Interlocked.Decrement(ref _underWay);
    }
}

/// <summary>How long `gopherctl shift` takes, as callers see it.</summary>
internal static class ShiftTimes
{
    /// <summary>Shifts to 50 % and back to 0, several times, and reports each with the load of the machine.</summary>
    /// <returns>The medians, in seconds: from the command to the first answer by the new weight, and from `shift 0` to the canary's last answer.</returns>
    public static async Task<(double Up, double Back)> MeasureAsync(CommittedStack stack, string name, Callers callers, int times)
    {
        List<double> up = [], back = [];
        for (var time = 0; time < times; time++)
        {
            up.Add(await ShiftAsync(stack, name, callers, 50));
            back.Add(await ShiftAsync(stack, name, callers, 0));
        }

        Checkout.Report($"{name}: shift 50, from the command to the first answer by the new weight: {Seconds(up)}");
        Checkout.Report($"{name}: shift 0, from the command to the canary's last answer: {Seconds(back)}");
        return (Median(up), Median(back));
    }

    private static async Task<double> ShiftAsync(CommittedStack stack, string name, Callers callers, int weight)
    {
        callers.Forget();
        var command = DateTimeOffset.UtcNow;
        (await stack.BashAsync($"./gopherctl shift {weight} --stack {name}")).Succeeded();
        await callers.UntilAsync(answers => weight == 0
            ? answers.Count > Callers.RequestsPerSecond && answers.TakeLast(Callers.RequestsPerSecond).All(answer => answer.Version == "v1")
            : answers.Any(answer => answer.Version == "v2"));
        var ofCanary = callers.Answers.Where(answer => answer.Version == "v2").ToList();
        var took = ((weight == 0 ? ofCanary.LastOrDefault()?.Ended ?? command : ofCanary[0].Ended) - command).TotalSeconds;
        Checkout.Report($"{name}: shift {weight}: {took:F1} s; load {Checkout.Load}");
        return took;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static FormattableString Seconds(List<double> values) => $"{values.Min():F1} to {values.Max():F1} s, median {Median(values):F1} ({values.Count} times)";
}

/// <summary>
/// A real Prometheus beside the cluster, which scrapes the callers' proxies as often as the stack's own does. The cluster's plain Envoy has no
/// <c>istio_requests_total</c>, so its own counters get Istio's names and labels.
/// </summary>
internal static class ScrapedCallers
{
    /// <summary>Starts it, and waits for its first scrape. The callers' pods are those of now: a rollout replaces none of them.</summary>
    public static async Task<LocalPrometheus> StartAsync()
    {
        var pods = await Started.RunAsync(
            "kubectl", "--namespace", "gophers", "get", "pods", "--selector=app=gopher-requester", "--output=jsonpath={range .items[*]}{.status.podIP} {.metadata.name}{\"\\n\"}{end}");
        var targets = string.Join(", ", pods.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(pod => pod.Split(' ')).Select(pod => $"{{targets: [\"{pod[0]}:15090\"], labels: {{pod: {pod[1]}}}}}"));
        return await LocalPrometheus.StartAsync(Configuration(targets));
    }

    /// <summary>A PATH on which the proxies cannot be read, and the stack has this Prometheus: its charts and images are not there.</summary>
    public static async Task<string> PathAsync(int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Checkout.Work, "prometheus-path")).FullName;
        await WriteAsync(folder, "kubectl", $$"""
            #!/bin/bash
            PATH=${PATH#*:}
            case " $* " in
              *" port-forward pod/"*) echo "error: no port-forward to pods here" >&2; exit 1 ;;
              *" port-forward service/prometheus "*) echo "Forwarding from 127.0.0.1:{{port}} -> 9090"; exec sleep infinity ;;
              *) exec kubectl "$@" ;;
            esac
            """);
        await WriteAsync(folder, "pulumi", """
            #!/bin/bash
            PATH=${PATH#*:}
            [[ "$1 $2" != "stack output" ]] || exec pulumi "$@" > >(sed '1s|{|{"observability": {"prometheus": "kubectl --namespace observability port-forward service/prometheus 9090:9090"},|')
            exec pulumi "$@"
            """);
        return $"{folder}:{Environment.GetEnvironmentVariable("PATH")}";
    }

    private static string Configuration(string targets) => $$"""
        scrape_configs:
          - job_name: callers
            scrape_interval: 15s
            metrics_path: /stats/prometheus
            static_configs: [{{targets}}]
            relabel_configs:
              - {replacement: source, target_label: reporter}
            metric_relabel_configs:
              - {source_labels: [__name__, cluster_name], regex: 'envoy_cluster_upstream_rq(_time_bucket)?;outbound\|80\|v.*', action: keep}
              - {source_labels: [cluster_name], regex: 'outbound\|80\|(v\d+)\|.*', target_label: destination_version}
              - {source_labels: [cluster_name], regex: '.*\|([^.|]+)\.[^|]+', target_label: destination_service_name}
              - {source_labels: [cluster_name], regex: '.*\|[^.|]+\.([^.|]+)\.[^|]+', target_label: destination_service_namespace}
              - {source_labels: [response_code_class], regex: (\d)xx, replacement: "${1}00", target_label: response_code}
              - {source_labels: [__name__], regex: envoy_cluster_upstream_rq, replacement: istio_requests_total, target_label: __name__}
              - {source_labels: [__name__], regex: envoy_cluster_upstream_rq_time_bucket, replacement: istio_request_duration_milliseconds_bucket, target_label: __name__}
              - {regex: cluster_name|response_code_class, action: labeldrop}
        """;

    private static async Task WriteAsync(string folder, string name, string script)
    {
        var file = Path.Combine(folder, name);
        await File.WriteAllTextAsync(file, $"{script}\n");
        await Started.RunAsync("chmod", "+x", file);
    }
}
