using System.Numerics;
using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Tests.Rehearsal.Statistics;

public sealed class BinomialTests
{
    [Theory]
    [InlineData(1, 50, 0)]
    [InlineData(10, 50, 2)]
    [InlineData(200, 1, 0)]
    [InlineData(200, 1, 5)]
    [InlineData(400, 33, 100)]
    [InlineData(400, 33, 180)]
    [InlineData(600, 99, 590)]
    public void Tails_are_exact(int requests, int percent, int count)
    {
        var binomial = new Binomial(requests, percent / 100.0);

        AssertClose(ExactBinomial.Between(requests, percent, 0, count), binomial.AtMost(count));
        AssertClose(ExactBinomial.Between(requests, percent, count, requests), binomial.AtLeast(count));
        AssertClose(ExactBinomial.Between(requests, percent, count, count), binomial.Probability(count));
    }

    [Theory]
    [InlineData(20_000, 0.5)]
    [InlineData(20_000, 0.01)]
    [InlineData(1_000_000, 0.37)]
    public void The_two_sides_of_any_count_make_up_everything(int requests, double share)
    {
        var binomial = new Binomial(requests, share);

        foreach (var count in (int[])[0, 1, (int)(requests * share) - 500, (int)(requests * share), (int)(requests * share) + 500, requests - 1])
        {
            Assert.Equal(1, binomial.AtMost(count) + binomial.AtLeast(count + 1), 9);
        }
    }

    [Theory]
    [InlineData(500, 1)]
    [InlineData(500, 20)]
    [InlineData(500, 50)]
    [InlineData(300, 99)]
    public void The_test_is_as_wide_as_the_false_alarm_rate_allows_and_no_wider(int requests, int percent)
    {
        var (low, high) = new Binomial(requests, percent / 100.0).Acceptance(ShareTest.FalseAlarm);

        Assert.InRange(1 - ExactBinomial.Between(requests, percent, low, high), 0, ShareTest.FalseAlarm);
        Assert.True(ExactBinomial.Between(requests, percent, 0, low) > ShareTest.FalseAlarm / 2, "the lower side could cut off more");
        Assert.True(ExactBinomial.Between(requests, percent, high, requests) > ShareTest.FalseAlarm / 2, "the upper side could cut off more");
    }

    private static void AssertClose(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-9 * Math.Max(expected, 1e-12), $"{actual} instead of {expected}");
}

/// <summary>The binomial distribution in whole numbers, as an oracle: slow, and without any rounding before the last division.</summary>
internal static class ExactBinomial
{
    /// <summary>P(low &lt;= X &lt;= high) for a share of percent/100.</summary>
    public static double Between(int requests, int percent, int low, int high)
    {
        var sum = BigInteger.Zero;
        var choose = BigInteger.One;
        for (var k = 0; k <= Math.Min(high, requests); k++)
        {
            if (k >= low)
            {
                sum += choose * BigInteger.Pow(percent, k) * BigInteger.Pow(100 - percent, requests - k);
            }

            choose = choose * (requests - k) / (k + 1);
        }

        var scale = BigInteger.Pow(10, 30);
        return (double)(sum * scale / BigInteger.Pow(100, requests)) / 1e30;
    }
}

/// <summary>Statistics held to their promises by seeded simulation and by computation: the same numbers in every run.</summary>
public sealed class SampleSizeTests
{
    public static TheoryData<int> EveryWeight => [.. Enumerable.Range(1, 99)];

    [Theory]
    [MemberData(nameof(EveryWeight))]
    public void At_every_weight_the_default_finds_3_points_or_half_a_canary_99_times_of_100(int percent)
    {
        var share = percent / 100.0;
        var requests = SampleSize.For([share]);

        Assert.InRange(requests, SampleSize.Fewest, SampleSize.Most);
        Assert.True(ShareTest.Detection(requests, share, share - Math.Min(0.03, share / 2)) >= 0.99);
        Assert.True(ShareTest.Detection(requests, share, share + Math.Min(0.03, (1 - share) / 2)) >= 0.99);
    }

    [Fact]
    public void No_more_is_sent_than_is_needed()
    {
        var requests = SampleSize.For([0.5]);

        Assert.True(ShareTest.Detection(requests - 200, 0.5, 0.47) < 0.99, $"{requests - 200} would do as well as {requests}");
    }

    [Theory]
    [InlineData(0.01, 0.005)]
    [InlineData(0.05, 0.025)]
    [InlineData(0.5, 0.53)]
    [InlineData(0.8, 0.77)]
    public void A_wrong_split_is_found_in_simulation(double declared, double actual)
    {
        const int Runs = 1_000;
        var requests = SampleSize.For([declared]);
        var found = Draws(seed: 1, Runs, requests, actual).Count(count => !Accepts(count, requests, declared));

        // With a true rate of 0.99 fewer than 975 of 1,000 would come about once in 100,000 seeds.
        Assert.InRange(found, 975, Runs);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(0.2)]
    [InlineData(0.5)]
    public void A_right_split_is_hardly_ever_called_wrong(double share)
    {
        const int Runs = 20_000;
        const int Requests = 1_000;
        var alarms = Draws(seed: 2, Runs, Requests, share).Count(count => !Accepts(count, Requests, share));

        // 2 are to be expected at most; more than 9 would come about once in 20,000 seeds.
        Assert.InRange(alarms, 0, 9);
    }

    private static bool Accepts(int count, int requests, double share)
    {
        var (low, high) = ShareTest.Acceptance(requests, share);
        return count >= low && count <= high;
    }

    private static IEnumerable<int> Draws(int seed, int runs, int requests, double share)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, runs).Select(_ => Enumerable.Range(0, requests).Count(_ => random.NextDouble() < share));
    }
}
