using System.Diagnostics;
using System.Globalization;

namespace GopherMesh.Benchmarks;

/// <summary>
/// Simulated rollouts, judged by the judge and by the rules of Flagger and Argo Rollouts with the settings of their documentation: how often a
/// canary is taken back, how many of its requests fail, and how long it takes. The rows of docs/judge.md.
/// </summary>
internal static class JudgeBenchmark
{
    private static readonly double[] Rates = [0.0001, 0.001, 0.01, 0.05];
    private static readonly int[] RequestsASecond = [20, 200, 2000];
    private static readonly (string Name, double Factor)[] Canaries =
        [("as good as stable", 1), ("1.5 times worse", 1.5), ("2 times worse", 2), ("9 times worse", 9), ("dead", double.PositiveInfinity)];

    private static readonly (string Name, Func<RolloutTraffic, RolloutResult> Run)[] Rules =
        [("judge", RolloutRules.Judge), ("Flagger", RolloutRules.Flagger), ("Argo Rollouts", RolloutRules.ArgoRollouts)];

    public static void Run(int rollouts)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var (canary, factor) in Canaries)
        {
            Console.WriteLine($"\nCanary {canary}:\n");
            Console.WriteLine("| stable fails | requests/s |" + string.Concat(Rules.Select(rule => $" {rule.Name}: taken back | no verdict | failed | time |")));
            Console.WriteLine("|---|---|" + string.Concat(Rules.Select(_ => "---|---|---|---|")));
            foreach (var rate in Rates)
            {
                foreach (var requests in RequestsASecond)
                {
                    var cells = Rules.Select(rule => Cell(rollouts, seed => rule.Run(new(seed, requests, rate, Math.Min(1, rate * factor)))));
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rate * 100:0.##} % | {requests:N0} |{string.Concat(cells)}"));
                }
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{rollouts:N0} rollouts a cell; failed: the canary's, on average; time: the median; {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s in all"));
    }

    private static string Cell(int rollouts, Func<int, RolloutResult> run)
    {
        var results = new RolloutResult[rollouts];
        Parallel.For(0, rollouts, seed => results[seed] = run(seed));
        var times = results.Select(result => result.Seconds).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture,
            $" {Percent(results, RolloutEnd.TakenBack)} | {Percent(results, RolloutEnd.NoVerdict)} | {results.Average(result => result.Failed):N0} | {times[rollouts / 2]:N0} s |");
    }

    private static string Percent(RolloutResult[] results, RolloutEnd end) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * results.Count(result => result.End == end) / results.Length:0.###} %");
}
