using System.Diagnostics;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Benchmarks;

/// <summary>How long the program takes to say what the dev stack is: it must never be what one waits for. Aim: less than a second.</summary>
internal static class EvaluationBenchmark
{
    public static async Task RunAsync()
    {
        var config = EffectiveConfig.Read(RepositoryRoot.Find(), "dev", []);
        // The first includes loading and compiling the code, as every run of gopherctl does.
        foreach (var which in new[] { "first", "again" })
        {
            var (start, cpu) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            var declaration = await ProgramEvaluator.EvaluateAsync(config);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Console.WriteLine(
                $"evaluation of stack dev, {which}: {declaration.Resources.Count} resources, {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:0} ms of CPU");
            Console.WriteLine($"  seconds: {RatioGoal.AtMost(1).Judge(seconds)}");
        }
    }
}
