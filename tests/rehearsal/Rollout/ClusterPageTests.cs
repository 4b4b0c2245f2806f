using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Judge;
using GopherMesh.Gopherctl.Page;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>What the page of a rollout on a cluster shows of counters that are read from time to time.</summary>
public class ClusterPageTests
{
    private static readonly RolloutStage Step = new(StageKind.Step, new StackState("v1", "v2", 20));
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Dictionary<string, double> Declared = new() { ["v1"] = 0.8, ["v2"] = 0.2 };

    private readonly ClusterPage _page = new(new NoView(), "dev", "v1", "v2", mirrorPercent: 100, "made-up counters");

    [Fact]
    public void The_first_reading_is_the_beginning_and_later_ones_are_counted_by_how_much_they_grew()
    {
        _page.Figures.Watch(true);
        Look(0, weight: 20, stable: new() { ["a"] = (1000, 5), ["b"] = (2000, 0) }, canary: new() { ["a"] = (300, 3) });
        Look(1, weight: 20, stable: new() { ["a"] = (1040, 5), ["b"] = (2041, 0) }, canary: new() { ["a"] = (319, 4) });

        Assert.Equal(
            [("a", "v1", LegKind.Request, 40), ("a", "v2", LegKind.Request, 18), ("a", "v2", LegKind.Failure, 1), ("b", "v1", LegKind.Request, 41)],
            _page.Figures.TakeLegs().Select(leg => (leg.Key.From, leg.Key.Version, leg.Key.Kind, leg.Value)).Order());
        var second = _page.Figures.EndSecond(Declared);
        Assert.Equal((81, 0), (second.Versions["v1"].Requests, second.Versions["v1"].Failures));
        Assert.Equal((19, 1), (second.Versions["v2"].Requests, second.Versions["v2"].Failures));
        Assert.Equal(["a", "b"], _page.Describe().Pods.Select(pod => pod.Name));
        Assert.Equal(Start.AddSeconds(1), _page.Describe().Counted);
    }

    [Fact]
    public void At_weight_0_the_canary_gets_copies_and_a_proxy_that_began_anew_is_no_negative_number()
    {
        _page.Figures.Watch(true);
        Look(0, weight: 0, stable: new() { ["a"] = (1000, 0) }, canary: new() { ["a"] = (500, 0) });
        Look(1, weight: 0, stable: new() { ["a"] = (3, 0) }, canary: new() { ["a"] = (510, 2) });

        var second = _page.Figures.EndSecond(Declared);
        Assert.Equal((0L, 10L, 2L), (second.Versions["v1"].AllRequests, second.Versions["v2"].AllCopies, second.Versions["v2"].AllFailedCopies));
        Assert.Equal([1.0, 0.0], _page.Describe().Versions.Select(version => version.Share));
        Assert.Equal([0.0, 1.0], _page.Describe().Versions.Select(version => version.Mirror));
    }

    [Fact]
    public void A_pod_is_shown_once_whatever_was_counted_of_it_and_by_whom()
    {
        Look(0, weight: 0, stable: new() { ["a (copies)"] = (10, 0) }, canary: new() { ["a (copies)"] = (10, 0) });
        Look(1, weight: 20, stable: new() { ["a"] = (20, 0) }, canary: new() { ["a by Prometheus"] = (12, 0) });

        Assert.Equal(["a"], _page.Describe().Pods.Select(pod => pod.Name));
    }

    [Fact]
    public void What_grew_across_a_change_of_the_weight_belongs_to_no_split()
    {
        _page.Figures.Watch(true);
        Look(0, weight: 5, stable: new() { ["a"] = (1000, 0) }, canary: new() { ["a"] = (50, 0) });
        Look(1, weight: 50, stable: new() { ["a"] = (1200, 0) }, canary: new() { ["a"] = (60, 0) }, isShifting: true);
        Look(2, weight: 50, stable: new() { ["a"] = (1400, 0) }, canary: new() { ["a"] = (70, 0) });
        Look(3, weight: 50, stable: new() { ["a"] = (1500, 0) }, canary: new() { ["a"] = (170, 0) });

        Assert.Equal(200, _page.Figures.EndSecond(Declared).Routed);
    }

    [Fact]
    public void A_pod_has_its_own_name_whoever_counted()
    {
        Look(0, weight: 5, stable: new() { ["a"] = (1000, 0) }, canary: new() { ["a by Prometheus, with 7 requests that reached no pod"] = (50, 0) });

        Assert.Equal(["a"], _page.Describe().Pods.Select(pod => pod.Name));
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(50, 100)]
    public void Latency_is_told_within_the_bounds_of_the_counters(double above, double upTo)
    {
        _page.Figures.Watch(true);
        Look(0, weight: 20, stable: new() { ["a"] = (0, 0) }, canary: []);
        Look(1, weight: 20, stable: new() { ["a"] = (1000, 0) }, canary: [], upTo);

        Assert.InRange(_page.Figures.EndSecond(Declared).Versions["v1"].P50!.Value, above, upTo);
    }

    [Fact]
    public void Counters_that_cannot_be_read_leave_the_page_with_the_age_of_the_last_ones()
    {
        Look(0, weight: 20, stable: new() { ["a"] = (10, 0) }, canary: []);
        _page.Show(new Looked(Start.AddSeconds(9), Step, new Reading(Start.AddSeconds(9) - DateTimeOffset.UnixEpoch, 20, null, null), null!, TimeSpan.Zero));

        Assert.Equal((Start, true), (_page.Describe().Counted, _page.Describe().Unread));
        Assert.Equal("unknown", Assert.Single(_page.Describe().Pods).State);
        Look(10, weight: 20, stable: new() { ["a"] = (20, 0) }, canary: []);
        Assert.Equal((Start.AddSeconds(10), false), (_page.Describe().Counted, _page.Describe().Unread));
        Assert.Equal("ready", Assert.Single(_page.Describe().Pods).State);
    }

    [Fact]
    public void A_caller_whose_pod_is_gone_leaves_the_page_with_the_next_counters()
    {
        Look(0, weight: 20, stable: new() { ["a"] = (10, 0), ["b"] = (10, 0) }, canary: new() { ["c"] = (1, 0) });
        Assert.Equal(["a", "b", "c"], _page.Describe().Pods.Select(pod => pod.Name));

        Look(1, weight: 20, stable: new() { ["b"] = (20, 0) }, canary: []);

        Assert.Equal(["b"], _page.Describe().Pods.Select(pod => pod.Name));
    }

    [Fact]
    public async Task The_page_can_abort_the_rollout_and_move_nothing_else()
    {
        var aborted = false;
        await Assert.ThrowsAsync<UserException>(() => _page.ObeyAsync(new AbortRollout(), CancellationToken.None));
        _page.Abort = () => aborted = true;

        await _page.ObeyAsync(new AbortRollout(), CancellationToken.None);

        Assert.True(aborted);
        Assert.Equal(Controls.Abort, _page.Describe().Can);
        await Assert.ThrowsAsync<UserException>(() => _page.ObeyAsync(new ChangeSettings([]), CancellationToken.None));
    }

    private void Look(
        int second, int weight, Dictionary<string, (long Requests, long Failures)> stable, Dictionary<string, (long Requests, long Failures)> canary, double upTo = 25, bool isShifting = false)
    {
        IReadOnlyDictionary<string, VersionCounts> Counts(Dictionary<string, (long Requests, long Failures)> counts) => counts.ToDictionary(
            pod => pod.Key,
            pod => new VersionCounts(pod.Value.Requests, pod.Value.Failures, [.. RequestCounts.Milliseconds.Select(bound => bound >= upTo ? pod.Value.Requests : 0)]));
        var at = Start.AddSeconds(second);
        _page.Show(new Looked(at, Step, new Reading(at - DateTimeOffset.UnixEpoch, weight, Counts(stable), Counts(canary)) { IsShifting = isShifting }, null!, TimeSpan.Zero));
    }

    private sealed class NoView : IRolloutView
    {
        public void Show(RolloutEvent happened)
        {
        }
    }
}
