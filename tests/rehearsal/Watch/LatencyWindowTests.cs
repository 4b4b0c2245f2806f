using GopherMesh.Gopherctl.Watch;

namespace GopherMesh.Tests.Rehearsal.Watch;

/// <summary>Quantiles of the latest latencies.</summary>
public class LatencyWindowTests
{
    [Theory]
    [InlineData(0.50, 50)]
    [InlineData(0.99, 99)]
    [InlineData(1, 100)]
    public void Is_the_smallest_that_so_many_did_not_exceed(double share, double expected) => Assert.Equal(expected, Window(1, 100).Quantile(share));

    [Fact]
    public void One_is_every_quantile() => Assert.Equal(7, Window(7, 7).Quantile(0.01));

    [Fact]
    public void Forgets_what_is_long_ago()
    {
        var window = Window(1, 1500);
        Assert.Equal(501, window.Quantile(0.001));
        Assert.Equal(1500, window.Quantile(1));
    }

    private static LatencyWindow Window(int first, int last)
    {
        var window = new LatencyWindow();
        for (var milliseconds = first; milliseconds <= last; milliseconds++)
        {
            window.Add(TimeSpan.FromMilliseconds(milliseconds));
        }

        return window;
    }
}
