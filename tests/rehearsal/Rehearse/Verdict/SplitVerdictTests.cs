using GopherMesh.Gopherctl.Rehearse.Verdict;

namespace GopherMesh.Tests.Rehearsal.Rehearse.Verdict;

public sealed class SplitVerdictTests
{
    [Fact]
    public void Everything_as_declared_is_good() =>
        Assert.Empty(SplitVerdict.Findings(Split((1, 0), (0, 1)), Tally([], (1000, 0), (0, 1000))));

    [Fact]
    public void A_failed_request_is_told_with_its_reason() =>
        Assert.Equal("1 of 1000 requests failed: status 503: no", Assert.Single(SplitVerdict.Findings(Split((1, 0), (0, 0)), Tally(new() { ["status 503: no"] = 1 }, (999, 0), (0, 0)))));

    [Fact]
    public void One_answer_of_a_version_that_should_not_answer_is_too_many()
    {
        var findings = SplitVerdict.Findings(Split((1, 0), (0, 0)), Tally([], (999, 0), (1, 0)));

        Assert.Contains("v2 answered 1 requests; it is declared to answer none", findings);
        Assert.Contains(findings, finding => finding.StartsWith("v1 answered 999 of 1000", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0.5, 500, true)]
    [InlineData(0.5, 439, true)]
    [InlineData(0.5, 438, false)]
    [InlineData(0.5, 561, true)]
    [InlineData(0.5, 562, false)]
    [InlineData(0.01, 1, true)]
    [InlineData(0.01, 0, false)]
    public void A_split_is_judged_by_the_exact_test(double share, int answered, bool good) =>
        Assert.Equal(good, SplitVerdict.Findings(Split((1 - share, 0), (share, 0)), Tally([], (1000 - answered, 0), (answered, 0))).Count == 0);

    [Theory]
    [InlineData(0.5, 500, true)]
    [InlineData(0.5, 400, false)]
    [InlineData(0.5, 0, false)]
    [InlineData(1, 1000, true)]
    [InlineData(1, 999, false)]
    public void As_many_requests_may_fail_as_are_declared_to_fail_on_purpose(double share, int failed, bool good)
    {
        var split = Split((1, 0), (0, 0)) with { Aborted = share };
        var failures = failed == 0 ? new Dictionary<string, int>() : new() { ["status 502: gopher-distributor answered 503"] = failed };

        Assert.Equal(good, SplitVerdict.Findings(split, Tally(failures, (1000 - failed, 0), (0, 0))).Count == 0);
    }

    [Theory]
    [InlineData(1, 1000, true)]
    [InlineData(1, 999, false)]
    [InlineData(1, 1001, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    [InlineData(0.5, 500, true)]
    [InlineData(0.5, 400, false)]
    public void Copies_are_exact_at_none_and_all_and_a_share_between(double mirror, int copies, bool good) =>
        Assert.Equal(good, SplitVerdict.Findings(Split((1, 0), (0, mirror)), Tally([], (1000, 0), (0, copies))).Count == 0);

    [Fact]
    public void An_answer_of_a_pod_that_is_of_no_version_counts_as_failed()
    {
        var tally = Gopherctl.Rehearse.Verdict.Tally.Of(
            [Answer.From(200, "Request >> Gopher Version 1 from pod stranger")], Split((1, 0), (0, 0)), [], new Dictionary<string, int>(), routed: 1);

        Assert.Equal(("the pod stranger is of no declared version", 1), (Assert.Single(tally.Failures).Key, tally.Failed));
    }

    [Theory]
    [InlineData(200, "Request >> Gopher Version 2 from pod gopher-distributor-v2-6d5-vzc4x (817b00a0b7cca7a5)\n", "gopher-distributor-v2-6d5-vzc4x", null)]
    [InlineData(503, "no healthy upstream", null, "status 503: no healthy upstream")]
    [InlineData(200, "hello", null, "the answer names no pod: hello")]
    public void An_answer_names_its_pod_or_counts_as_failed(int status, string body, string? pod, string? failure)
    {
        var answer = Answer.From(status, body);

        Assert.Equal((pod, failure), (answer.Pod, answer.Failure));
    }

    private static DeclaredSplit Split((double Share, double Mirror) v1, (double Share, double Mirror) v2) => new("host",
    [
        new("v1", new Dictionary<string, string> { ["version"] = "v1" }, v1.Share, v1.Mirror),
        new("v2", new Dictionary<string, string> { ["version"] = "v2" }, v2.Share, v2.Mirror),
    ]);

    private static Tally Tally(Dictionary<string, int> failures, (int Answered, int Mirrored) v1, (int Answered, int Mirrored) v2)
    {
        var answered = v1.Answered + v2.Answered;
        return new(answered + failures.Values.Sum(), failures, [new("a", "v1", v1.Answered, v1.Mirrored), new("b", "v2", v2.Answered, v2.Mirrored)], answered);
    }
}
