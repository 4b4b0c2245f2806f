using System.Diagnostics;
using System.Globalization;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Tests.Rehearsal.Judge;

namespace GopherMesh.Benchmarks;

/// <summary>
/// Simulated rollouts, judged by the judge and by the rules of Flagger and Argo Rollouts with the settings of their documentation: how often a
/// canary is taken back or promoted, how many of its requests fail, and how long it takes. It prints the tables of docs/judge.md.
/// </summary>
internal static class JudgeBenchmark
{
    private static readonly double[] Rates = [0.0001, 0.001, 0.01, 0.05];
    private static readonly int[] RequestsASecond = [20, 200, 2000];

    private static readonly Func<RolloutTraffic, RolloutResult>[] Rules = [RolloutRules.Judge, RolloutRules.Flagger, RolloutRules.ArgoRollouts];

    public static void Run(int rollouts)
    {
        var start = Stopwatch.GetTimestamp();
        Console.WriteLine("**A canary as good as stable: how often it is taken back, and how long the rollout takes (median).**\n");
        Console.WriteLine("| stable fails | requests/s | judge | no verdict | time | Flagger | time | Argo Rollouts | time |\n|---|---|---|---|---|---|---|---|---|");
        ShowRows(rollouts, factor: 1, RolloutEnd.TakenBack, Time);
        foreach (var factor in (double[])[1.5, 2, 9])
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"\n**A canary that fails {factor} times as often: how often it is promoted all the same, and how many of its requests fail until the end (mean).**\n"));
            Console.WriteLine("| stable fails | requests/s | judge | no verdict | failed | Flagger | failed | Argo Rollouts | failed |\n|---|---|---|---|---|---|---|---|---|");
            ShowRows(rollouts, factor, RolloutEnd.Promoted, Failed);
        }

        ShowDead(rollouts);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{rollouts:N0} rollouts for each row and rule; {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s in all"));
    }

    private static void ShowRows(int rollouts, double factor, RolloutEnd end, Func<RolloutResult[], string> cost)
    {
        foreach (var rate in Rates)
        {
            foreach (var requests in RequestsASecond)
            {
                var results = Rules.Select(rule => Results(rollouts, rule, requests, rate, rate * factor)).ToList();
                var cells = results.Select((rule, index) => $" {Percent(rule, end)} |{(index == 0 ? $" {Percent(rule, RolloutEnd.NoVerdict)} |" : "")} {cost(rule)} |");
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rate * 100:0.##} % | {requests:N0} |{string.Concat(cells)}"));
            }
        }
    }

    // What stable does makes no difference here: its rates share a row.
    private static void ShowDead(int rollouts)
    {
        Console.WriteLine("\n**A dead canary: how many requests fail (mean), and after how long it is out (median).**\n");
        Console.WriteLine("| requests/s | judge | time | Flagger | time | Argo Rollouts | time |\n|---|---|---|---|---|---|---|");
        foreach (var requests in RequestsASecond)
        {
            var results = Rules.Select(rule => Rates.SelectMany(rate => Results(rollouts / Rates.Length, rule, requests, rate, canaryRate: 1)).ToArray()).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {requests:N0} |{string.Concat(results.Select(rule => $" {Failed(rule)} | {Time(rule)} |"))}"));
            if (results.Exists(rule => rule.Any(result => result.End != RolloutEnd.TakenBack)))
            {
                throw new BenchmarkException($"a dead canary at {requests} requests/s was not taken back");
            }
        }
    }

    private static RolloutResult[] Results(int rollouts, Func<RolloutTraffic, RolloutResult> rule, int requests, double rate, double canaryRate)
    {
        var results = new RolloutResult[Math.Max(1, rollouts)];
        Parallel.For(0, results.Length, seed => results[seed] = rule(new(seed, requests, rate, canaryRate)));
        return results;
    }

    private static string Percent(RolloutResult[] results, RolloutEnd end) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * results.Count(result => result.End == end) / results.Length:0.###} %");

    private static string Failed(RolloutResult[] results) => string.Create(CultureInfo.InvariantCulture, $"{results.Average(result => result.Failed):N0}");

    private static string Time(RolloutResult[] results) =>
        string.Create(CultureInfo.InvariantCulture, $"{results.Select(result => result.Seconds).Order().ElementAt(results.Length / 2):N0} s");
}

/// <summary>How a rollout ends.</summary>
internal enum RolloutEnd
{
    Promoted,
    TakenBack,
    NoVerdict,
}

/// <summary>What a rollout came to.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Seconds">After which time.</param>
/// <param name="Failed">How many requests of the canary failed until then.</param>
internal readonly record struct RolloutResult(RolloutEnd End, int Seconds, long Failed);

/// <summary>Random traffic of one rollout.</summary>
/// <param name="seed">Repeats it.</param>
/// <param name="requestsASecond">Requests of both versions.</param>
/// <param name="stableRate">How often a request of stable fails.</param>
/// <param name="canaryRate">How often one of the canary fails.</param>
internal sealed class RolloutTraffic(int seed, int requestsASecond, double stableRate, double canaryRate)
{
    private readonly Draws _draws = new(seed);

    public int RequestsASecond => requestsASecond;

    /// <summary>The canary's requests and failures in a time. Requests are spread as the weight says, to the request.</summary>
    public VersionCounts Canary(int weight, int seconds)
    {
        var requests = (long)requestsASecond * seconds * weight / 100;
        return new(requests, _draws.Binomial(requests, canaryRate), []);
    }

    /// <summary>Stable's requests and failures in a time.</summary>
    public VersionCounts Stable(int weight, int seconds)
    {
        var requests = (long)requestsASecond * seconds * (100 - weight) / 100;
        return new(requests, _draws.Binomial(requests, stableRate), []);
    }
}

/// <summary>The rules by which a canary goes on or back, each with ideal metrics: no delay, no gap.</summary>
internal static class RolloutRules
{
    private const int Deadline = 1800;
    private const int Minute = 60;

    /// <summary>The judge with its defaults: steps of 5, 10, 25 and 50 %, a look each 200 requests but no more than one a second, half an hour for a step.</summary>
    public static RolloutResult Judge(RolloutTraffic traffic)
    {
        var evidence = new RolloutEvidence(JudgeSettings.Default, bounds: 0);
        var look = Math.Max(1, 200 / traffic.RequestsASecond);
        var (seconds, failed) = (0, 0L);
        foreach (var weight in (int[])[5, 10, 25, 50])
        {
            evidence.BeginStep();
            for (var end = seconds + Deadline; !evidence.IsCleared;)
            {
                if (seconds >= end)
                {
                    return new(RolloutEnd.NoVerdict, seconds, failed);
                }

                seconds += look;
                var canary = traffic.Canary(weight, look);
                failed += canary.Failures;
                evidence.Observe(Phase.Judged, traffic.Stable(weight, look), canary);
                if (evidence.IsWorse)
                {
                    return new(RolloutEnd.TakenBack, seconds, failed);
                }
            }
        }

        return new(RolloutEnd.Promoted, seconds, failed);
    }

    /// <summary>
    /// Flagger by its guide to Istio (docs/gitbook/tutorials/istio-progressive-delivery.md): every minute, 10 % more up to 50 % if at least 99 % of
    /// the canary's requests of the last minute succeeded; back in the minute after the fifth check that failed, whatever passed between.
    /// </summary>
    public static RolloutResult Flagger(RolloutTraffic traffic)
    {
        var (weight, checksFailed, seconds, failed) = (10, 0, 0, 0L);
        while (true)
        {
            seconds += Minute;
            var canary = traffic.Canary(weight, Minute);
            failed += canary.Failures;
            if (checksFailed >= 5)
            {
                return new(RolloutEnd.TakenBack, seconds, failed);
            }

            if (canary.Failures > 0.01 * canary.Requests)
            {
                checksFailed++;
            }
            else if (weight == 50)
            {
                return new(RolloutEnd.Promoted, seconds, failed);
            }
            else
            {
                weight += 10;
            }
        }
    }

    /// <summary>
    /// Argo Rollouts by its guide to background analysis (docs/features/analysis.md): 20, 40, 60 and 80 % for ten minutes each; from 40 % on, every five
    /// minutes, at least 95 % of the requests must have succeeded; back with the fourth failed measurement (failureLimit 3).
    /// </summary>
    public static RolloutResult ArgoRollouts(RolloutTraffic traffic)
    {
        var (measurementsFailed, seconds, failed) = (0, 0, 0L);
        foreach (var weight in (int[])[20, 20, 40, 40, 60, 60, 80, 80])
        {
            var canary = traffic.Canary(weight, 5 * Minute);
            (seconds, failed) = (seconds + (5 * Minute), failed + canary.Failures);
            // The first measurement is taken as the weight becomes 40 %, of the requests before it.
            if (seconds >= 10 * Minute && canary.Failures > 0.05 * canary.Requests)
            {
                measurementsFailed++;
            }

            if (measurementsFailed > 3)
            {
                return new(RolloutEnd.TakenBack, seconds, failed);
            }
        }

        return new(RolloutEnd.Promoted, seconds, failed);
    }
}
