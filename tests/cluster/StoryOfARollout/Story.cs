using GopherMesh.Gopherctl.Statistics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.StoryOfARollout;

/// <summary>The article's story on the real mesh: each stage one changed setting, under a constant load.</summary>
[Collection(nameof(OneMesh))]
public sealed class Story(StoryRun run) : IClassFixture<StoryRun>
{
    [ClusterFact]
    public void No_request_fails_over_the_whole_story()
    {
        var everything = run.Everything;
        Assert.True(everything.Failed.Count == 0, $"{everything.Failed.Count} of {everything.Count}: {everything.Failures()}");
    }

    /// <summary>
    /// Doubts the load, not the mesh: requests are sent whether or not earlier ones were answered, and what is late is made up for. So
    /// a machine that stands still now and then does not fail this, unless at the end and for a tenth of the whole story.
    /// </summary>
    [ClusterFact]
    public void The_load_was_200_requests_a_second_at_least() => Assert.True(run.Rate >= 200, $"{run.Rate:0} requests/s were sent");

    [ClusterFact]
    public void Once_a_change_has_taken_effect_no_excluded_version_answers() =>
        Assert.All(run.Stages, stage => Assert.DoesNotContain(
            stage.Answers.Answers, answer => answer.Version is { } version && !stage.Stage.Answers(version)));

    [ClusterFact]
    public void The_split_is_the_declared_one() => Assert.All(run.Stages, stage =>
        Assert.All(stage.Stage.Shares, share =>
        {
            var (low, high) = ShareTest.Acceptance(stage.Answers.Count, share.Value / 100.0);
            Assert.InRange(stage.Answers.By(share.Key), low, high);
        }));

    [ClusterFact]
    public void At_the_dark_launch_v2_receives_exactly_as_many_requests_as_v1_answers()
    {
        Report.Line($"dark launch: v1 answered {run.Copies.Answered} requests of a batch, v2 received {run.Copies.Received} copies");
        Assert.NotEqual(0, run.Copies.Answered);
        Assert.Equal(run.Copies.Answered, run.Copies.Received);
    }

    [ClusterTheory]
    [InlineData("cutover")]
    [InlineData("50/50")]
    [InlineData("rollback")]
    public void Between_two_weights_one_object_changes(string stage)
    {
        var change = run.Stages.Single(candidate => candidate.Stage.Name == stage).Change;

        Assert.Equal(["VirtualService gophers/gopher-distributor"], change.Applied.Select(item => item.Identity));
        Assert.Empty(change.Deleted);
    }

    [ClusterFact]
    public void The_promotion_takes_away_all_that_was_v1s()
    {
        var deleted = run.Stages[^1].Change.Deleted;

        Assert.Contains(deleted, item => item is { Kind: "Deployment", Name: "gopher-distributor-v1" });
        Assert.Equal("DestinationRule", deleted[^1].Kind);
        Assert.Contains("deployment.apps/gopher-distributor-v1", run.OfV1.Before);
        Assert.Empty(run.OfV1.After);
    }
}
