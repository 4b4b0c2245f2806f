using GopherMesh.Gopherctl.Statistics;

namespace GopherMesh.Tests.Rehearsal.Statistics;

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
