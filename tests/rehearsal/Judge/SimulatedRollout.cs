using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>A rollout on random traffic: the judge's core, a look a second, the steps of the default settings.</summary>
internal sealed class SimulatedRollout(JudgeSettings settings, int bounds)
{
    private static readonly double[] Steps = [0.05, 0.1, 0.25, 0.5];

    /// <summary>How long a step may take.</summary>
    public int SecondsAStep { get; init; } = 300;

    /// <summary>Goes through the steps, each until it is cleared or its time is over, unless the canary is taken back.</summary>
    /// <param name="second">What stable and canary answer in a second: given the weight (a fraction) and the second of the rollout.</param>
    public (Outcome Outcome, int Seconds, long CanaryFailures) Run(Func<double, int, (VersionCounts Stable, VersionCounts Canary)> second)
    {
        var evidence = new RolloutEvidence(settings, bounds);
        var (seconds, failures) = (0, 0L);
        foreach (var step in Steps)
        {
            evidence.BeginStep();
            for (var left = SecondsAStep; left > 0 && !evidence.IsCleared; left--)
            {
                var (stable, canary) = second(step, seconds++);
                failures += canary.Failures;
                evidence.Observe(Phase.Judged, stable, canary);
                if (evidence.IsWorse)
                {
                    return (Outcome.TakenBack, seconds, failures);
                }
            }

            if (!evidence.IsCleared)
            {
                return (Outcome.NotEnoughEvidence, seconds, failures);
            }
        }

        return (Outcome.Promoted, seconds, failures);
    }

    /// <summary>A second of traffic in which each request is independent of all others.</summary>
    public static (VersionCounts Stable, VersionCounts Canary) Independent(Draws draws, int requests, double share, double stableRate, double canaryRate)
    {
        var canary = draws.Binomial(requests, share);
        return (new(requests - canary, draws.Binomial(requests - canary, stableRate), []), new(canary, draws.Binomial(canary, canaryRate), []));
    }
}

/// <summary>How a simulated rollout ends.</summary>
internal enum Outcome
{
    Promoted,
    TakenBack,
    NotEnoughEvidence,
}
