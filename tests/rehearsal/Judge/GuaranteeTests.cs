using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>
/// The stated error rates, by simulated rollouts with fixed seeds. Each test fails by chance with probability 1e-6 at most if the error rate is
/// just the stated one: its limit is a count that so many rollouts exceed no more often.
/// </summary>
public sealed class GuaranteeTests
{
    private const double FalseAlarm = 1e-6;
    private const int RequestsASecond = 200;

    // Higher than the default, so that few rollouts show a rate that is too high.
    private static readonly JudgeSettings Alpha5 = JudgeSettings.Default with { Alpha = 0.05 };

    // Practically never taken back, so that only the clearing counts.
    private static readonly JudgeSettings NeverTakenBack = JudgeSettings.Default with { Alpha = 1e-12 };

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Of_rollouts_with_a_canary_as_good_as_stable_no_more_than_alpha_are_taken_back(double rate)
    {
        const int runs = 1000;
        var byDefault = Count(runs, Outcome.TakenBack, JudgeSettings.Default, draws => (share, _) => Independent(draws, share, rate, rate));
        var byFive = Count(runs, Outcome.TakenBack, Alpha5, draws => (share, _) => Independent(draws, share, rate, rate));

        Assert.InRange(byDefault, 0, Limit(runs, 0.001));
        Assert.InRange(byFive, 0, Limit(runs, 0.05));
    }

    [Fact]
    public void Outages_of_both_versions_and_shares_that_are_not_the_weight_take_no_more_healthy_canaries_back()
    {
        const int runs = 1000;

        var taken = Count(runs, Outcome.TakenBack, Alpha5, draws => (share, second) =>
        {
            // Stable's rate changes every second, and in one of ten seconds all fails; the share drifts around the weight by a half.
            var rate = second % 10 == 0 ? 0.9 : 0.1 * draws.Uniform();
            return SimulatedRollout.Independent(draws, draws.Uniform() < 0.5 ? 20 : 400, share * (0.5 + draws.Uniform()), rate, rate);
        });

        Assert.InRange(taken, 0, Limit(runs, 0.05));
    }

    // As Envoy counts: every tenth look brings the latency of the requests that the last ten have counted, by each of two proxies at a time of its own.
    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void Latency_that_is_known_later_than_the_counts_takes_no_more_healthy_canaries_back(double slow)
    {
        const int runs = 400;

        var taken = Enumerable.Range(0, runs).Count(seed => LateLatency(new(seed), Alpha5, slow, slow) == Verdict.Worse);

        Assert.InRange(taken, 0, Limit(runs, 0.05));
    }

    [Fact]
    public void A_canary_that_is_slower_is_taken_back_and_one_that_is_not_is_cleared_by_latency_that_is_known_later()
    {
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Equal(Verdict.Worse, LateLatency(new(seed), JudgeSettings.Default, 0.3, 0.9)));
        Assert.All(Enumerable.Range(0, 20), seed => Assert.Equal(Verdict.Cleared, LateLatency(new(seed), JudgeSettings.Default, 0.02, 0.02)));
    }

    [Fact]
    public void Bursts_in_which_one_failure_brings_the_next_take_no_more_healthy_canaries_back()
    {
        const int runs = 400;

        var taken = Count(runs, Outcome.TakenBack, Alpha5, draws =>
        {
            // A shared database that is down for a part of a second at a time: which version gets a request is drawn for each.
            var isDown = false;
            return (share, _) =>
            {
                var (requests, failures) = (new long[2], new long[2]);
                for (var i = 0; i < RequestsASecond; i++)
                {
                    isDown = draws.Uniform() < (isDown ? 0.98 : 0.001);
                    var version = draws.Uniform() < share ? 1 : 0;
                    requests[version]++;
                    failures[version] += isDown ? 1 : 0;
                }

                return (new(requests[0], failures[0], []), new(requests[1], failures[1], []));
            };
        });

        Assert.InRange(taken, 0, Limit(runs, 0.05));
    }

    [Fact]
    public void Copies_of_which_both_fail_together_take_no_more_healthy_canaries_back()
    {
        const int runs = 1000;

        var taken = Count(runs, Outcome.TakenBack, Alpha5, draws => (_, _) =>
        {
            // A half of the failures is the request's fault, the other half the version's.
            var both = draws.Binomial(RequestsASecond, 0.02);
            return (
                new(RequestsASecond, both + draws.Binomial(RequestsASecond - both, 0.02), []),
                new(RequestsASecond, both + draws.Binomial(RequestsASecond - both, 0.02), []));
        });

        Assert.InRange(taken, 0, Limit(runs, 0.05));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void Of_canaries_at_the_edge_of_the_tolerance_no_more_than_beta_are_cleared_at_a_step(double rate)
    {
        const int runs = 1000;
        var edge = Tolerance.Default.Limit(rate);

        var cleared = Enumerable.Range(0, runs).Count(run =>
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(NeverTakenBack, 0));
            for (var second = 0; second < 400 && !evidence.IsCleared; second++)
            {
                var (stable, canary) = Independent(draws, 0.1, rate, edge);
                evidence.Observe(Phase.Judged, stable, canary);
            }

            return evidence.IsCleared;
        });

        Assert.InRange(cleared, 0, Limit(runs, 0.01));
    }

    // A look each five seconds, as three callers that are scraped every 15 s give them; the first two are slow.
    [Fact]
    public void Of_canaries_at_the_edge_no_more_than_beta_are_cleared_after_a_bad_start_and_of_good_ones_all_are_within_the_deadline()
    {
        const int runs = 1000, looks = 120;

        Assert.InRange(Cleared(Tolerance.Default.Limit(0.02)), 0, Limit(runs, 0.01));
        Assert.Equal(runs, Cleared(0.02));

        int Cleared(double rate) => Enumerable.Range(0, runs).Count(run =>
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(NeverTakenBack, 0));
            for (var look = 0; look < looks && !evidence.IsCleared; look++)
            {
                var (stable, canary) = SimulatedRollout.Independent(draws, 1000, 0.1, 0.02, look < 2 ? 0.5 : rate);
                evidence.Observe(Phase.Judged, stable, canary);
            }

            return evidence.IsCleared;
        });
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void A_canary_as_good_as_stable_is_promoted_within_the_deadlines(double rate)
    {
        const int runs = 200;
        var promoted = Count(runs, Outcome.Promoted, JudgeSettings.Default, draws => (share, _) => Independent(draws, share, rate, rate), secondsAStep: 900);

        // 1 of 1,000 may be taken back.
        Assert.InRange(promoted, runs - Limit(runs, 0.001), runs);
    }

    [Theory]
    [InlineData(0.0001, 0.03)]
    [InlineData(0.001, 0.02)]
    [InlineData(0.01, 0.03)]
    [InlineData(0.05, 0.15)]
    public void A_canary_that_is_worse_by_more_than_the_tolerance_is_taken_back(double stable, double canary)
    {
        const int runs = 200;

        var taken = Count(runs, Outcome.TakenBack, JudgeSettings.Default, draws => (share, _) => Independent(draws, share, stable, canary));

        Assert.InRange(taken, runs - Limit(runs, 0.01), runs);
    }

    [Fact]
    public void Latency_is_judged_at_all_bounds_at_once_and_a_slower_canary_is_taken_back_and_an_equal_one_is_not()
    {
        const int runs = 100;
        double[] bounds = [.. Enumerable.Range(1, 20).Select(bound => 0.02 * Math.Pow(1.3, bound))];

        var equal = Count(runs, Outcome.TakenBack, Alpha5, draws => Latencies(draws, factor: 1), bounds.Length);
        var slower = Count(runs, Outcome.TakenBack, Alpha5, draws => Latencies(draws, factor: 1.5), bounds.Length);

        Assert.InRange(equal, 0, Limit(runs, 0.05));
        Assert.Equal(runs, slower);

        // Log-normal latencies, of which the bounds' counts are as dependent as they can be.
        Func<double, int, (VersionCounts, VersionCounts)> Latencies(Draws draws, double factor) => (share, _) =>
        {
            var (requests, within) = (new long[2], new[] { new long[bounds.Length], new long[bounds.Length] });
            for (var i = 0; i < RequestsASecond; i++)
            {
                var version = draws.Uniform() < share ? 1 : 0;
                var normal = Math.Sqrt(-2 * Math.Log(1 - draws.Uniform())) * Math.Cos(2 * Math.PI * draws.Uniform());
                var latency = 0.1 * Math.Exp(0.7 * normal) * (version == 1 ? factor : 1);
                requests[version]++;
                for (var bound = bounds.Length - 1; bound >= 0 && latency <= bounds[bound]; bound--)
                {
                    within[version][bound]++;
                }
            }

            return (new(requests[0], 0, within[0]), new(requests[1], 0, within[1]));
        };
    }

    [Fact]
    public void A_dead_canary_at_five_percent_is_found_by_four_failures()
    {
        var evidence = new RolloutEvidence(JudgeSettings.Default, bounds: 20);
        var failures = 0;
        while (!evidence.IsWorse)
        {
            // It fails fast: no request is slower than any bound.
            evidence.Observe(Phase.Settling, Counts(19, 0), Counts(1, 1));
            failures++;
        }

        Assert.Equal(4, failures);

        static VersionCounts Counts(long requests, long failures) => new(requests, failures, [.. Enumerable.Repeat(requests, 20)]);
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.01)]
    public void A_canary_that_dies_after_ten_good_minutes_is_found_within_two_seconds(double rate)
    {
        for (var run = 0; run < 50; run++)
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(JudgeSettings.Default, bounds: 0));
            for (var second = 0; second < 600; second++)
            {
                Observe(draws, evidence, rate);
            }

            var seconds = 0;
            for (; !evidence.IsWorse; seconds++)
            {
                Observe(draws, evidence, canaryRate: 1);
            }

            Assert.InRange(seconds, 1, 2);
        }

        void Observe(Draws draws, RolloutEvidence evidence, double canaryRate)
        {
            var (stable, canary) = Independent(draws, 0.05, rate, canaryRate);
            evidence.Observe(Phase.Judged, stable, canary);
        }
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.05)]
    public void A_canary_with_all_requests_is_compared_with_what_stable_did_before(double rate)
    {
        const int runs = 500;

        Assert.InRange(TakenBack(rate), 0, Limit(runs, 0.05));
        Assert.Equal(runs, TakenBack((2 * rate) + 0.1));

        int TakenBack(double canaryRate) => ParallelEnumerable.Range(0, runs).Count(run =>
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(Alpha5, 0));
            for (var second = 0; second < 60; second++)
            {
                var (stable, canary) = Independent(draws, 0.5, rate, rate);
                evidence.Observe(Phase.Judged, stable, canary);
            }

            for (var second = 0; second < 60; second++)
            {
                evidence.ObserveAlone(Phase.Judged, new(RequestsASecond, draws.Binomial(RequestsASecond, canaryRate), []));
            }

            return evidence.IsWorse;
        });
    }

    [Fact]
    public void A_canary_with_all_requests_and_no_stable_beside_it_is_taken_back_by_the_tolerance_alone()
    {
        const int runs = 500;

        Assert.InRange(TakenBack(Alpha5, Tolerance.Default.Points), 0, Limit(runs, 0.05));
        Assert.Equal(runs, TakenBack(JudgeSettings.Default, 3 * Tolerance.Default.Points));

        int TakenBack(JudgeSettings settings, double canaryRate) => ParallelEnumerable.Range(0, runs).Count(run =>
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(settings with { JudgesAlone = true }, bounds: 1));
            for (var second = 0; second < 60; second++)
            {
                // All are slow: a service of which nothing is known may be so.
                Assert.True(evidence.ObserveAlone(Phase.Judged, new(RequestsASecond, draws.Binomial(RequestsASecond, canaryRate), [0])));
            }

            return evidence.IsWorse;
        });
    }

    // At the dark launch latency is not looked at, so its requests must not count as quick ones.
    [Fact]
    public void A_canary_with_all_requests_is_not_compared_with_the_latency_of_a_long_dark_launch()
    {
        const int runs = 500;
        const double slow = 0.1;

        var taken = ParallelEnumerable.Range(0, runs).Count(run =>
        {
            var (draws, evidence) = (new Draws(run), new RolloutEvidence(Alpha5, bounds: 1));
            for (var second = 0; second < 600; second++)
            {
                var copied = new VersionCounts(RequestsASecond, 0, [RequestsASecond]);
                evidence.Observe(Phase.Judged, copied, copied, areCopies: true);
            }

            for (var second = 0; second < 60; second++)
            {
                evidence.Observe(Phase.Judged, Slow(RequestsASecond / 2), Slow(RequestsASecond / 2));
            }

            for (var second = 0; second < 60; second++)
            {
                evidence.ObserveAlone(Phase.Judged, Slow(RequestsASecond));
            }

            return evidence.IsWorse;

            VersionCounts Slow(int requests) => new(requests, 0, [requests - draws.Binomial(requests, slow)]);
        });

        Assert.InRange(taken, 0, Limit(runs, 0.05));
    }

    private static int Count(
        int runs, Outcome outcome, JudgeSettings settings, Func<Draws, Func<double, int, (VersionCounts, VersionCounts)>> traffic, int bounds = 0, int secondsAStep = 300) =>
        ParallelEnumerable.Range(0, runs)
            .Count(run => new SimulatedRollout(settings, bounds) { SecondsAStep = secondsAStep }.Run(traffic(new Draws(run))).Outcome == outcome);

    private static (VersionCounts Stable, VersionCounts Canary) Independent(Draws draws, double share, double stableRate, double canaryRate) =>
        SimulatedRollout.Independent(draws, RequestsASecond, share, stableRate, canaryRate);

    // A look each half second, at 240 requests/s; what the judge says first, or after two minutes a step.
    private static Verdict LateLatency(Draws draws, JudgeSettings settings, double stableSlow, double canarySlow)
    {
        const int looksBetweenFlushes = 10, requests = 60;
        var judge = new RolloutJudge(settings with { WarmUp = TimeSpan.Zero, Settling = TimeSpan.Zero }, ["100 ms"]);
        var proxies = new (VersionCounts Told, VersionCounts Counted)[2, 2];
        for (var each = 0; each < 4; each++)
        {
            proxies[each / 2, each % 2] = (new(0, 0, [0]) { Timed = 0 }, new(0, 0, [0]));
        }

        var (at, verdict) = (0, Verdict.NotEnoughEvidence);
        foreach (var weight in (int[])[5, 25, 50])
        {
            verdict = Verdict.NotEnoughEvidence;
            for (var look = 0; look < 240 && verdict == Verdict.NotEnoughEvidence; look++, at++)
            {
                for (var proxy = 0; proxy < 2; proxy++)
                {
                    var canary = draws.Binomial(requests, weight / 100.0);
                    foreach (var (version, more, slow) in new[] { (0, requests - canary, stableSlow), (1, canary, canarySlow) })
                    {
                        var (told, before) = proxies[proxy, version];
                        var counted = before.Plus(new(more, 0, [more - draws.Binomial(more, slow)]));
                        told = at % looksBetweenFlushes == 4 * proxy ? counted with { Timed = counted.Requests } : told with { Requests = counted.Requests };
                        proxies[proxy, version] = (told, counted);
                    }
                }

                verdict = judge.Look(new(TimeSpan.FromSeconds(at / 2.0), weight, Of(0), Of(1))).Verdict;
            }

            if (verdict == Verdict.Worse)
            {
                break;
            }
        }

        return verdict;

        Dictionary<string, VersionCounts> Of(int version) => new() { ["one"] = proxies[0, version].Told, ["two"] = proxies[1, version].Told };
    }

    private static int Limit(int runs, double rate)
    {
        var (binomial, limit) = (new Binomial(runs, rate), (int)(runs * rate));
        while (binomial.AtLeast(limit + 1) > FalseAlarm)
        {
            limit++;
        }

        return limit;
    }
}

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
