using System.Globalization;
using GopherMesh.Gopherctl.Rollout;
using Xunit.Abstractions;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>
/// A rollout that is killed at random instants, alone or with the update that it had started, and run again until it ends: it is promoted or
/// taken back, cluster and configuration agree, and a lock that was left behind is told.
/// </summary>
/// <remarks>The variable <c>GOPHER_KILLS</c> says how many rollouts are killed; 10 without it.</remarks>
public sealed class InterruptedRolloutTests(ITestOutputHelper output)
{
    // A rollout of the fake stack takes some 14 seconds.
    private const int LongestLife = 15_000;

    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("GOPHER_KILLS") ?? "10", CultureInfo.InvariantCulture);

    private static readonly int AtOnce = Math.Max(5, Kills / 20);

    private int _promoted;
    private int _takenBack;
    private int _locksTold;
    private int _runs;

    [Fact]
    public async Task A_killed_rollout_is_finished_by_the_same_command()
    {
        var random = new Random(20261129);
        var cases = Enumerable.Range(0, Kills).Select(number => (Number: number, Life: random.Next(LongestLife), IsBad: random.Next(2) == 0, WithUpdate: random.Next(2) == 0)).ToList();

        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (kill, _) => await KillAsync(kill));

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Kills} killed: {_promoted} promoted and {_takenBack} taken back by {_runs} runs after the kills; {_locksTold} of these told of a lock"));
        Assert.Equal(Kills, _promoted + _takenBack);
    }

    private async Task KillAsync((int Number, int Life, bool IsBad, bool WithUpdate) kill)
    {
        using var stack = new FakeStack { Failing = kill.IsBad ? 0.5 : 0 };
        using (var process = stack.Start("rollout", "v2"))
        {
            // The instant is the random part of the test.
            await Task.WhenAny(Task.Delay(kill.Life), process.WaitForExitAsync());
            process.Kill(kill.WithUpdate);
            await process.WaitForExitAsync();
        }

        List<string> said = [];
        for (var run = 0; run < 10; run++)
        {
            var ended = await stack.RunAsync("rollout", "v2");
            Interlocked.Increment(ref _runs);
            said.Add($"{ended.ExitCode}: {ended.Error}{ended.Output}");
            if (ended.Error.Contains("is locked", StringComparison.Ordinal))
            {
                // Told, with what to do: the update goes on by itself, or its lock was left behind.
                Assert.Contains("pulumi cancel --stack", ended.Error, StringComparison.Ordinal);
                Interlocked.Increment(ref _locksTold);
                if (kill.WithUpdate)
                {
                    stack.Cancel();
                }
            }
            else if (ended.Error.Contains("is the stable version already", StringComparison.Ordinal) || ended.ExitCode is 0 or (int)RolloutEnd.TakenBack)
            {
                _ = kill.IsBad ? Interlocked.Increment(ref _takenBack) : Interlocked.Increment(ref _promoted);
                AssertEnded(stack, kill.IsBad, $"{kill}: {string.Join("\n", said)}");
                return;
            }
        }

        Assert.Fail($"{kill} does not end: {string.Join("\n", said)}");
    }

    private static void AssertEnded(FakeStack stack, bool isBad, string what)
    {
        var end = isBad ? new StackState("v1", "v2", 0) : new StackState("v2", null, 0);
        Assert.True(stack.Configured == end && stack.InForce == $"{end.Stable}/{end.Canary}/{end.Weight}" && !stack.Has("lock"), $"{stack.Configured}; {stack.InForce}; {what}");
    }
}
