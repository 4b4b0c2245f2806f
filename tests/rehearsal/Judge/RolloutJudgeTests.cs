using GopherMesh.Gopherctl.Judge;

namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>From cumulative counts to verdicts: what is evidence, and what is not.</summary>
public sealed class RolloutJudgeTests
{
    private static readonly JudgeSettings NoPauses = JudgeSettings.Default with { WarmUp = TimeSpan.Zero, Settling = TimeSpan.Zero };

    [Fact]
    public void A_canary_that_fails_more_is_worse_and_stays_so()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 190, canary: 10);

        var worse = counters.Look(stable: 190, canary: 10, canaryFailures: 10);
        var afterwards = counters.Look(stable: 190, canary: 1000, weight: 10);

        Assert.Equal((Verdict.Worse, "failures"), (worse.Verdict, worse.WorstMetric));
        Assert.InRange(worse.Worse, 1, double.MaxValue);
        Assert.Equal(Verdict.Worse, afterwards.Verdict);
    }

    [Fact]
    public void A_step_is_cleared_until_the_weight_changes()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 0, canary: 0);
        JudgeLook look;
        do
        {
            look = counters.Look(stable: 1900, canary: 100);
        }
        while (look.Verdict == Verdict.NotEnoughEvidence);

        Assert.Equal((Verdict.Cleared, 1, null), (look.Verdict, look.Cleared, look.Missing));
        Assert.Equal(Verdict.Cleared, counters.Look(stable: 10, canary: 0).Verdict);
        Assert.Equal(Verdict.NotEnoughEvidence, counters.Look(stable: 1800, canary: 200, weight: 10).Verdict);
    }

    [Fact]
    public void What_is_missing_for_the_clearing_is_about_what_it_then_takes()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 0, canary: 0);
        var foretold = counters.Look(stable: 950, canary: 50).Missing!;

        var requests = 0;
        while (counters.Look(stable: 950, canary: 50).Verdict == Verdict.NotEnoughEvidence)
        {
            requests += 50;
        }

        Assert.InRange(foretold.CanaryRequests, requests / 2, requests * 2);
        Assert.InRange(foretold.Time!.Value.TotalSeconds, requests / 50 / 2, requests / 50 * 2);
    }

    [Fact]
    public void Slower_requests_are_seen_at_the_bound_where_they_are()
    {
        var counters = new Counters(NoPauses, "0.1 s", "0.5 s");
        counters.Increment(new(0, 0, [0, 0]), new(0, 0, [0, 0]));

        var look = counters.Increment(new(1000, 0, [500, 1000]), new(100, 0, [50, 60]));

        Assert.Equal((Verdict.Worse, "slower than 0.5 s"), (look.Verdict, look.WorstMetric));
    }

    [Fact]
    public void While_the_canary_warms_up_its_latency_is_not_judged_and_its_failures_are()
    {
        var counters = new Counters(NoPauses with { WarmUp = TimeSpan.FromSeconds(10) }, "0.1 s");
        counters.Increment(new(0, 0, [0]), new(0, 0, [0]));

        var slow = counters.Increment(new(1000, 0, [1000]), new(100, 0, [0]));
        Assert.Equal((Verdict.NotEnoughEvidence, Phase.WarmUp, 0, 0), (slow.Verdict, slow.Phase, slow.Worse, slow.Cleared), new Rounded());

        var failing = counters.Increment(new(1000, 0, [1000]), new(100, 100, [100]));
        Assert.Equal((Verdict.Worse, Phase.WarmUp), (failing.Verdict, failing.Phase));
    }

    [Fact]
    public void While_a_shift_settles_latency_is_not_judged_and_failures_are()
    {
        var counters = new Counters(NoPauses with { Settling = TimeSpan.FromSeconds(3) }, "0.1 s");
        counters.Increment(new(0, 0, [0]), new(0, 0, [0]));
        for (var second = 0; second < 5; second++)
        {
            counters.Increment(new(95, 0, [95]), new(5, 0, [5]));
        }

        var shifted = counters.Increment(new(900, 0, [900]), new(100, 0, [0]), weight: 10);
        Assert.Equal((Verdict.NotEnoughEvidence, Phase.Settling, 0), (shifted.Verdict, shifted.Phase, shifted.Cleared));
        counters.Increment(new(900, 0, [900]), new(100, 0, [0]), weight: 10);
        counters.Increment(new(900, 0, [900]), new(100, 0, [0]), weight: 10);

        Assert.Equal((Verdict.Worse, Phase.Judged), Shown(counters.Increment(new(900, 0, [900]), new(100, 0, [0]), weight: 10)));
    }

    [Fact]
    public void While_an_update_changes_the_weight_only_failures_are_judged_and_settling_begins_at_its_end()
    {
        var counters = new Counters(NoPauses with { Settling = TimeSpan.FromSeconds(3) }, "0.1 s");
        counters.Increment(new(0, 0, [0]), new(0, 0, [0]));
        for (var second = 0; second < 30; second++)
        {
            var shifting = counters.Increment(new(900, 0, [900]), new(100, 0, [0]), isShifting: true);
            Assert.Equal((Verdict.NotEnoughEvidence, Phase.Settling, 0), (shifting.Verdict, shifting.Phase, shifting.Cleared));
        }

        for (var second = 0; second < 3; second++)
        {
            Assert.Equal(Phase.Settling, counters.Increment(new(900, 0, [900]), new(100, 0, [0])).Phase);
        }

        Assert.Equal((Verdict.Worse, Phase.Judged), Shown(counters.Increment(new(900, 0, [900]), new(100, 0, [0]))));
        Assert.Equal(Verdict.Worse, new Counters(NoPauses).Failing(isShifting: true).Verdict);
    }

    // Two callers that are scraped every 15 s, one of them ten seconds after the other: what a scrape brings began before the last one.
    [Fact]
    public void Requests_of_the_warm_up_are_not_judged_where_they_are_scraped_later()
    {
        var judge = new RolloutJudge(JudgeSettings.Default, ["0.1 s"]);
        var scraped = new Dictionary<string, (VersionCounts Stable, VersionCounts Canary)>();
        var (stable, canary, at) = (new VersionCounts(0, 0, [0]), new VersionCounts(0, 0, [0]), 0);
        JudgeLook look = null!;
        for (var second = 0; second <= 180; second++)
        {
            // The update takes 20 s; its weight is in force one second earlier, and for ten seconds the canary is slow.
            stable = stable.Plus(new(95, 0, [95]));
            canary = second < 19 ? canary : canary.Plus(new(5, 0, [second < 29 ? 0 : 5]));
            if ((second % 15) switch { 0 => "one", 10 => "other", _ => null } is { } caller)
            {
                (scraped[caller], at) = ((stable, canary), second);
            }

            var (ofStable, ofCanary) = (scraped.ToDictionary(pod => pod.Key, pod => pod.Value.Stable), scraped.ToDictionary(pod => pod.Key, pod => pod.Value.Canary));
            look = judge.Look(new(TimeSpan.FromSeconds(at), 5, ofStable, ofCanary) { IsShifting = second < 20, Behind = TimeSpan.FromSeconds(20) });
            Assert.True(look.Verdict != Verdict.Worse, $"worse after {second} s: {look.WorstMetric}");
        }

        Assert.Equal(Verdict.Cleared, look.Verdict);
    }

    [Fact]
    public void Counters_that_begin_anew_are_no_evidence_and_the_next_increment_is()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 1000, canary: 100);

        var restarted = counters.LookAt(stable: new(1190, 0, []), canary: new(20, 20, []));
        Assert.Equal((Verdict.NotEnoughEvidence, 0), (restarted.Verdict, restarted.Worse));
        Assert.Contains("canary: its counters began again at zero", restarted.Remarks);

        Assert.Equal(Verdict.Worse, counters.LookAt(stable: new(1380, 0, []), canary: new(30, 30, [])).Verdict);
    }

    [Fact]
    public void Of_several_pods_only_the_one_whose_counters_began_anew_is_left_out()
    {
        var judge = new RolloutJudge(NoPauses, []);
        judge.Look(Pods(0, ("s", 1000, 0), ("c1", 500, 0), ("c2", 500, 0)));

        // c1 restarted, c2 fails, c3 is new and has counted before anyone looked.
        var look = judge.Look(Pods(1, ("s", 1190, 0), ("c1", 3, 3), ("c2", 510, 10), ("c3", 70, 70)));

        Assert.Equal((10, 10), (look.CanaryStep.Requests, look.CanaryStep.Failures));
        Assert.Equal(["canary: the counters of c1 began again at zero"], look.Remarks);
        Assert.Equal(Verdict.Worse, look.Verdict);

        static Reading Pods(int at, params (string Name, long Requests, long Failures)[] pods)
        {
            var counts = pods.ToDictionary(pod => pod.Name, pod => new VersionCounts(pod.Requests, pod.Failures, []));
            return new(
                TimeSpan.FromSeconds(at), 5,
                counts.Where(pod => pod.Key == "s").ToDictionary(), counts.Where(pod => pod.Key != "s").ToDictionary());
        }
    }

    [Fact]
    public void Missing_counts_are_no_evidence_and_the_time_without_them_is_judged_when_they_are_back()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 190, canary: 10);

        var missing = counters.LookAt(stable: new(380, 0, []), canary: null);
        Assert.Equal((Verdict.NotEnoughEvidence, 0, null), (missing.Verdict, missing.Worse, missing.Phase));
        Assert.Equal(["no counts of the canary"], missing.Remarks);

        var back = counters.LookAt(stable: new(570, 0, []), canary: new(30, 20, []));
        Assert.Equal((380, 20), (back.StableStep.Requests, back.CanaryStep.Requests));
        Assert.Equal(Verdict.Worse, back.Verdict);
    }

    [Fact]
    public void Counts_that_are_not_newer_are_no_evidence()
    {
        var judge = new RolloutJudge(NoPauses, []);
        judge.Look(At(1, 10, 0));

        var stale = judge.Look(At(1, 20, 10));

        Assert.Equal((Verdict.NotEnoughEvidence, null), (stale.Verdict, stale.Phase));
        Assert.Equal(["the counts are not newer than those before"], stale.Remarks);

        static Reading At(int seconds, long canary, long failures) => new(
            TimeSpan.FromSeconds(seconds), 5,
            new Dictionary<string, VersionCounts> { [""] = new(100 * canary, 0, []) }, new Dictionary<string, VersionCounts> { [""] = new(canary, failures, []) });
    }

    [Fact]
    public void A_canary_that_hangs_from_its_first_request_on_is_told_once_the_shift_has_settled()
    {
        var counters = new Counters(JudgeSettings.Default);
        JudgeLook look;
        var seconds = 0;
        do
        {
            look = counters.Look(stable: 200, canary: 0);
            seconds++;
        }
        while (!look.Unanswered);

        Assert.InRange(seconds, 4, 8);
    }

    [Fact]
    public void A_canary_that_hangs_answers_fewer_requests_than_its_weight_and_that_is_told()
    {
        var counters = new Counters(NoPauses);
        counters.Look(stable: 190, canary: 10);
        Assert.False(counters.Look(stable: 190, canary: 10).Unanswered);

        JudgeLook look;
        var seconds = 0;
        do
        {
            look = counters.Look(stable: 200, canary: 0);
            seconds++;
        }
        while (!look.Unanswered);

        Assert.InRange(seconds, 1, 3);
        Assert.Equal(Verdict.NotEnoughEvidence, look.Verdict);
    }

    [Fact]
    public void A_share_as_the_weight_says_is_not_taken_for_a_hanging_canary()
    {
        var draws = new Draws(1);
        var counters = new Counters(NoPauses);
        for (var second = 0; second < 2000; second++)
        {
            var canary = draws.Binomial(200, 0.05);
            Assert.False(counters.Look(200 - canary, canary).Unanswered);
        }
    }

    [Fact]
    public void With_all_requests_a_canary_is_never_cleared_and_taken_back_when_it_is_worse_than_stable_was()
    {
        var counters = new Counters(NoPauses);
        for (var second = 0; second < 30; second++)
        {
            counters.Look(stable: 100, canary: 100, weight: 50);
        }

        var good = counters.Look(stable: 0, canary: 100_000, weight: 100);
        Assert.Equal((Verdict.NotEnoughEvidence, Phase.Judged), Shown(good));
        Assert.Contains("stable has no requests: compared with what it did in the steps before", good.Remarks);

        Assert.Equal((Verdict.Worse, Phase.Judged), Shown(counters.Look(stable: 0, canary: 200, canaryFailures: 60, weight: 100)));
    }

    [Fact]
    public void With_all_requests_and_nothing_known_of_stable_nothing_is_evidence_unless_a_rate_stands_in_for_it()
    {
        var (silent, alone) = (new Counters(NoPauses), new Counters(NoPauses with { JudgesAlone = true }));
        foreach (var counters in (Counters[])[silent, alone])
        {
            counters.Look(stable: 0, canary: 0, weight: 100);
            counters.Look(stable: 0, canary: 100, weight: 100);
        }

        // The last requests of stable are too few to compare with.
        var (unknown, failing) = (silent.Look(stable: 1, canary: 100_000, canaryFailures: 50_000, weight: 100), alone.Look(stable: 0, canary: 100, canaryFailures: 20, weight: 100));

        Assert.Equal((Verdict.NotEnoughEvidence, null), Shown(unknown));
        Assert.Contains("what stable did before is not known: there is nothing to compare with", unknown.Remarks);
        Assert.Equal((Verdict.Worse, Phase.Judged), Shown(failing));
        Assert.Contains("stable has not been seen beside the canary: compared with the tolerance alone", failing.Remarks);
    }

    [Fact]
    public void A_canary_with_nearly_all_requests_is_compared_with_what_stable_did_before_as_well()
    {
        var counters = new Counters(NoPauses);
        for (var second = 0; second < 30; second++)
        {
            counters.Look(stable: 1000, canary: 1000, weight: 50);
        }

        counters.Look(stable: 1, canary: 2000, weight: 100);

        Assert.Equal(Verdict.Worse, counters.Look(stable: 1, canary: 2000, canaryFailures: 500, weight: 100).Verdict);
    }

    [Theory]
    [InlineData(10, 11)]
    [InlineData(-1, 0)]
    public void Counts_that_cannot_be_are_refused(long requests, long failures)
    {
        var judge = new RolloutJudge(NoPauses, []);
        var canary = new Dictionary<string, VersionCounts> { ["pod-1"] = new(requests, failures, []) };

        var refused = Assert.Throws<ArgumentException>(() => judge.Look(new(TimeSpan.Zero, 5, canary, canary)));

        Assert.Contains("stable from pod-1", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0.01)]
    [InlineData(1, 0.01)]
    [InlineData(0.001, 0)]
    [InlineData(0.001, double.NaN)]
    public void Error_rates_out_of_range_are_refused(double alpha, double beta) =>
        Assert.ThrowsAny<ArgumentException>(() => new RolloutJudge(JudgeSettings.Default with { Alpha = alpha, Beta = beta }, []));

    private static (Verdict, Phase?) Shown(JudgeLook look) => (look.Verdict, look.Phase);

    /// <summary>Counters of one source each, looked at every second.</summary>
    private sealed class Counters(JudgeSettings settings, params string[] bounds)
    {
        private readonly RolloutJudge _judge = new(settings, bounds);
        private VersionCounts _stable = VersionCounts.None;
        private VersionCounts _canary = VersionCounts.None;
        private int _seconds;

        public JudgeLook Look(long stable, long canary, long canaryFailures = 0, int weight = 5) =>
            Increment(new(stable, 0, []), new(canary, canaryFailures, []), weight);

        public JudgeLook Failing(bool isShifting)
        {
            Increment(new(900, 0, []), new(100, 0, []), isShifting: isShifting);
            Increment(new(900, 0, []), new(100, 0, []), isShifting: isShifting);
            return Increment(new(900, 0, []), new(100, 50, []), isShifting: isShifting);
        }

        public JudgeLook Increment(VersionCounts stable, VersionCounts canary, int weight = 5, bool isShifting = false)
        {
            (_stable, _canary) = (_stable.Plus(stable), _canary.Plus(canary));
            return LookAt(_stable, _canary, weight, isShifting);
        }

        public JudgeLook LookAt(VersionCounts stable, VersionCounts? canary, int weight = 5, bool isShifting = false) => _judge.Look(new(
            TimeSpan.FromSeconds(_seconds++),
            weight,
            new Dictionary<string, VersionCounts> { [""] = stable },
            canary is { } counts ? new Dictionary<string, VersionCounts> { [""] = counts } : null)
        {
            IsShifting = isShifting,
        });
    }

    private sealed class Rounded : IEqualityComparer<(Verdict, Phase?, double, double)>
    {
        public bool Equals((Verdict, Phase?, double, double) x, (Verdict, Phase?, double, double) y) =>
            (x.Item1, x.Item2) == (y.Item1, y.Item2) && Math.Abs(x.Item3 - y.Item3) + Math.Abs(x.Item4 - y.Item4) < 1e-12;

        public int GetHashCode((Verdict, Phase?, double, double) value) => value.Item1.GetHashCode();
    }
}
