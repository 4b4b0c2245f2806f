using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Tests.Rehearsal.Judge;

/// <summary>What the guarantees rest on, computed exactly: the evidence of a look is 1 at the most on average, whatever happens.</summary>
public sealed class EvidenceTests
{
    private const double Rounding = 1e-9;

    // So small that no look reaches a fifth of the evidence that is needed: the cap does not hide what the mean is.
    private const double SmallBeta = 1e-150;

    [Theory]
    [InlineData(200, 10, 3)]
    [InlineData(200, 10, 150)]
    [InlineData(40, 20, 20)]
    [InlineData(40, 20, 1)]
    [InlineData(12, 11, 7)]
    [InlineData(12, 1, 7)]
    public void Whatever_fails_in_a_look_the_evidence_against_a_canary_that_gets_its_requests_by_chance_is_one_at_most(int requests, int canary, int bad)
    {
        var mean = 0.0;
        for (var canaryBad = Math.Max(0, bad - (requests - canary)); canaryBad <= Math.Min(bad, canary); canaryBad++)
        {
            var test = new WorseTest();
            test.Observe(new(requests - canary, bad - canaryBad, canary, canaryBad));
            mean += Hypergeometric(requests, canary, bad, canaryBad) * test.Value;
        }

        Assert.InRange(mean, 0, 1 + Rounding);
    }

    [Theory]
    [InlineData(20, 6, 0.2, 0.2)]
    [InlineData(20, 6, 0.2, 0.1)]
    [InlineData(5, 12, 0.5, 0.5)]
    [InlineData(20, 20, 0.01, 0.01)]
    public void If_requests_fail_independently_the_evidence_against_a_canary_that_is_no_worse_is_one_at_most(int stable, int canary, double stableRate, double canaryRate)
    {
        Assert.InRange(MeanOverTwoLooks(stable, canary, stableRate, canaryRate, Evidence), 0, 1 + Rounding);

        static double Evidence(PairedTable first, PairedTable second)
        {
            var test = new WorseTest();
            test.Observe(first);
            test.Observe(second);
            return test.Value;
        }
    }

    [Theory]
    [InlineData(30, 6, 0)]
    [InlineData(30, 6, 0.005)]
    [InlineData(20, 20, 0.01)]
    [InlineData(6, 30, 0.05)]
    [InlineData(10, 6, 0.3)]
    [InlineData(10, 3, 0.5)]
    public void The_evidence_for_a_canary_at_the_edge_of_the_tolerance_is_one_at_most(int stable, int canary, double stableRate)
    {
        Assert.InRange(MeanOverTwoLooks(stable, canary, stableRate, Tolerance.Default.Limit(stableRate), ForClearing), 0, 1 + Rounding);
    }

    [Fact]
    public void The_evidence_for_a_canary_beyond_the_tolerance_is_less_than_at_its_edge()
    {
        Assert.InRange(MeanOverTwoLooks(12, 8, 0.05, 0.15, ForClearing), 0, 0.9);
    }

    [Fact]
    public void Evidence_is_never_negative_however_much_is_lost()
    {
        var test = new WorseTest();
        for (var look = 0; look < 1000; look++)
        {
            test.BeginStep();
            test.Observe(new(1000, 1000, 1000, 0));
            Assert.InRange(test.Value, 0, 1);
        }
    }

    [Theory]
    [InlineData(1000, 0)]
    [InlineData(1000, 50)]
    [InlineData(20, 20)]
    public void The_bound_of_a_rate_is_above_what_was_seen_and_nearer_the_more_was_seen(long requests, long bad)
    {
        var (few, many) = (BakeTest.UpperBound(requests, bad, 1e-4), BakeTest.UpperBound(100 * requests, 100 * bad, 1e-4));

        Assert.InRange(few, (double)bad / requests, 1);
        Assert.InRange(many, (double)bad / requests, few);
        Assert.Equal(1, BakeTest.UpperBound(0, 0, 1e-4), 1e-9);
    }

    [Fact]
    public void Each_more_failure_of_the_canary_is_more_evidence_against_it_and_each_of_stable_less()
    {
        var previous = (Worse: double.MaxValue, Cleared: double.MinValue);
        for (var stableBad = 0; stableBad <= 20; stableBad++)
        {
            // The failures of both are 20.
            var table = new PairedTable(180, stableBad, 20, 20 - stableBad);
            var (worse, cleared) = (new WorseTest(), new ClearedTest(Tolerance.Default, SmallBeta));
            cleared.Observe(new(180, 10, 20, 1));
            worse.Observe(table);
            cleared.Observe(table);

            Assert.True(worse.Value < previous.Worse);
            Assert.True(cleared.Progress > previous.Cleared);
            previous = (worse.Value, cleared.Progress);
        }
    }

    [Theory]
    [InlineData(0, 0, 10, 10)]
    [InlineData(100, 0, 0, 0)]
    public void A_look_without_requests_of_both_versions_is_no_evidence(long stable, long stableBad, long canary, long canaryBad)
    {
        var (worse, cleared) = (new WorseTest(), new ClearedTest(Tolerance.Default, 0.01));

        worse.Observe(new(stable, stableBad, canary, canaryBad));
        cleared.Observe(new(stable, stableBad, canary, canaryBad));

        Assert.Equal((1, 0), (worse.Value, cleared.Progress));
    }

    [Theory]
    [InlineData(0.0001, 0.05)]
    [InlineData(0.0099, 0.5)]
    [InlineData(0.0101, 0.02)]
    [InlineData(0.05, 0.05)]
    [InlineData(0.4, 0.5)]
    [InlineData(0.9, 0.05)]
    public void The_pair_of_rates_that_is_hardest_to_tell_is_at_the_edge_of_the_tolerance_and_no_other_is_harder(double rate, double share)
    {
        var (stable, canary) = Tolerance.Default.Closest(rate, share);

        Assert.Equal(Math.Min(1, Tolerance.Default.Limit(stable)), canary, 1e-8);
        var least = Divergence(stable, canary);
        for (var other = 0.001; other < 0.5; other += 0.001)
        {
            Assert.True(Divergence(other, Math.Min(1 - 1e-9, Tolerance.Default.Limit(other))) >= least - 1e-9, $"{other} is harder to tell");
        }

        double Divergence(double p, double q) => ((1 - share) * Bernoulli(p)) + (share * Bernoulli(q));
        double Bernoulli(double other) => (rate * Math.Log(rate / other)) + ((1 - rate) * Math.Log((1 - rate) / (1 - other)));
    }

    [Fact]
    public void One_look_clears_nothing_however_many_requests_it_has()
    {
        var test = new ClearedTest(Tolerance.Default, 0.01);

        // Of the first look only stable's rate is learned.
        test.Observe(new(1_000_000, 10, 1_000_000, 10));
        Assert.Equal(0, test.Progress);
        test.Observe(new(1_000_000, 10, 1_000_000, 10));
        Assert.Equal(0.2, test.Progress, 0.001);

        for (var look = 3; look <= 6; look++)
        {
            Assert.False(test.IsCleared);
            test.Observe(new(1_000_000, 10, 1_000_000, 10));
        }

        Assert.True(test.IsCleared);
    }

    // Two looks in which half of the canary's requests are bad, then looks as good as stable's.
    [Fact]
    public void After_a_bad_start_the_clearing_takes_at_most_three_times_the_looks_of_a_good_one()
    {
        var (good, bad) = (new ClearedTest(Tolerance.Default, 0.01), new ClearedTest(Tolerance.Default, 0.01));
        good.Observe(new(1000, 10, 100, 1));
        bad.Observe(new(1000, 10, 100, 1));
        bad.Observe(new(1000, 10, 100, 50));
        bad.Observe(new(1000, 10, 100, 50));
        Assert.InRange(bad.Progress, -10, -1);

        Assert.InRange(LooksOf(bad), 5, 3 * LooksOf(good));

        static int LooksOf(ClearedTest test)
        {
            var looks = 0;
            for (; !test.IsCleared; looks++)
            {
                test.Observe(new(10_000, 100, 1000, 10));
            }

            return looks;
        }
    }

    private static double ForClearing(PairedTable first, PairedTable second)
    {
        var test = new ClearedTest(Tolerance.Default, SmallBeta);
        test.Observe(new(60, 2, 10, 10));
        test.Observe(first);
        test.Observe(second);
        return Math.Exp(-Math.Log(SmallBeta) * test.Progress);
    }

    // The second look has twice as many requests of the canary: shares change.
    private static double MeanOverTwoLooks(int stable, int canary, double stableRate, double canaryRate, Func<PairedTable, PairedTable, double> evidence)
    {
        var mean = 0.0;
        foreach (var (first, firstChance) in Tables(stable, canary))
        {
            foreach (var (second, secondChance) in Tables(stable, 2 * canary))
            {
                mean += firstChance * secondChance * evidence(first, second);
            }
        }

        return mean;

        List<(PairedTable Table, double Chance)> Tables(int n, int m) =>
        [
            .. from x in Enumerable.Range(0, n + 1)
               from y in Enumerable.Range(0, m + 1)
               let chance = Chance(n, stableRate, x) * Chance(m, canaryRate, y)
               where chance > 1e-12
               select (new PairedTable(n, x, m, y), chance),
        ];
    }

    private static double Chance(int n, double p, int k) => p switch
    {
        <= 0 => k == 0 ? 1 : 0,
        >= 1 => k == n ? 1 : 0,
        _ => new Binomial(n, p).Probability(k),
    };

    private static double Hypergeometric(int requests, int canary, int bad, int canaryBad) => Math.Exp(
        LogChoose(bad, canaryBad) + LogChoose(requests - bad, canary - canaryBad) - LogChoose(requests, canary));

    private static double LogChoose(int n, int k) => LogFactorial.Of(n) - LogFactorial.Of(k) - LogFactorial.Of(n - k);
}
