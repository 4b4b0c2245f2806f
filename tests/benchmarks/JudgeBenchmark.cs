using System.Diagnostics;
using System.Globalization;

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
