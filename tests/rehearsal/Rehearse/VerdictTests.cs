using System.Text.Json.Nodes;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Observing;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rehearse;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using GopherMesh.Tests.Rehearsal.DataPlane;
using Spectre.Console;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>A rehearsal tells a live system that does not do what is declared from one that does.</summary>
[Collection(LiveTests.Name)]
public sealed class VerdictTests
{
    [Fact]
    public async Task A_subset_that_selects_the_other_versions_pods_is_not_as_declared()
    {
        var declaration = await ProgramEvaluator.EvaluateAsync(
            EffectiveConfig.Read(RepositoryRoot.Find(), "local", ["canaryVersion=v2", "canaryWeight=50"]));
        SubsetOf(declaration, "v2")["labels"]!["version"] = "v1";
        await using var rehearsal = await MeshRehearsal.StartAsync(seed: 1, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();

        var result = await rehearsal.VerifyAsync(200, _ => { }, CancellationToken.None);

        Assert.False(result.IsGood);
        Assert.Equal(0, result.Tally.Failed);
        Assert.Contains(result.Findings, finding => finding.StartsWith("v2 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_defect_of_the_data_plane_ends_the_rehearsal_without_a_verdict()
    {
        var declaration = await ProgramEvaluator.EvaluateAsync(EffectiveConfig.Read(RepositoryRoot.Find(), "local", []));
        await using var rehearsal = await MeshRehearsal.StartAsync(new DataPlaneOptions { Observer = new BrokenObserver() }, path: null, CancellationToken.None);
        (await rehearsal.DeclareAsync(declaration, CancellationToken.None)).OrThrow();

        var defect = await Assert.ThrowsAsync<InvalidOperationException>(() => rehearsal.VerifyAsync(200, _ => { }, CancellationToken.None));

        Assert.Equal(BrokenObserver.Message, defect.Message);
    }

    [Fact]
    public void The_table_shows_the_control_characters_of_a_name_instead_of_obeying_them()
    {
        const string Name = "v2\u001b[2J";
        var split = new DeclaredSplit("distributor", [new(Name, new Dictionary<string, string>(), 1, 0)]);
        var tally = new Tally(1, new Dictionary<string, int>(), [new("pod-\u0007[bold]", Name, 1, 0)], 1);
        using var written = new StringWriter();
        var console = AnsiConsole.Create(new() { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(written) });
        console.Profile.Width = 120;

        console.Write(ResultTable.Of(new(split, tally, [])));

        Assert.Contains("v2\\u001b[2J", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("pod-\\u0007[bold]", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(written.ToString(), character => character is '\u001b' or '\u0007');
    }

    private static JsonNode SubsetOf(Declaration declaration, string name) => declaration.Resources
        .Select(resource => resource.Inputs)
        .Where(inputs => (string?)inputs["kind"] == "DestinationRule")
        .SelectMany(rule => rule["spec"]!["subsets"] as JsonArray ?? [])
        .Single(subset => (string?)subset!["name"] == name)!;

    private sealed class BrokenObserver : IRequestObserver
    {
        public const string Message = "broken on purpose";

        public void OnRequest(in RequestReport report) => throw new InvalidOperationException(Message);
    }
}

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

public sealed class SplitReaderTests
{
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    [Theory]
    [InlineData("route: [{destination: {host: HOST, subset: v1}}]", 1, 0, 0)]
    [InlineData("route: [{destination: {host: HOST, subset: v1}, weight: 70}, {destination: {host: HOST, subset: v2}, weight: 30}]", 0.7, 0.3, 0)]
    [InlineData("route: [{destination: {host: HOST, subset: v1}, weight: 1}, {destination: {host: HOST, subset: v2}, weight: 3}]", 0.25, 0.75, 0)]
    [InlineData("route: [{destination: {host: HOST, subset: v1}}]\n    mirror: {host: HOST, subset: v2}\n    mirrorPercentage: {value: 25}", 1, 0, 0.25)]
    [InlineData("route: [{destination: {host: HOST, subset: v1}}]\n    mirror: {host: HOST, subset: v2}", 1, 0, 1)]
    [InlineData("route: [{destination: {host: HOST, subset: v1}}]\n    mirrors: [{destination: {host: HOST, subset: v2}, percentage: {value: 50}}]", 1, 0, 0.5)]
    public void Shares_and_mirrors_are_those_of_the_route(string route, double v1, double v2, double mirror)
    {
        var split = SplitReader.Read(Manifests($"- {route}"));

        Assert.Equal([("v1", v1, 0.0), ("v2", v2, mirror)], split.Versions.Select(version => (version.Name, version.Share, version.Mirror)));
    }

    [Theory]
    [InlineData("method: {regex: GET|HEAD}", true)]
    [InlineData("method: {exact: POST}", false)]
    [InlineData("headers: {x-gopher-version: {exact: v2}}", false)]
    [InlineData("uri: {prefix: /}", true)]
    [InlineData("uri: {exact: /other}", false)]
    public void The_first_route_that_a_plain_get_takes_counts(string match, bool isTaken)
    {
        var split = SplitReader.Read(Manifests($$$"""
            - match: [{ {{{match}}} }]
                route: [{destination: {host: HOST, subset: v2}}]
              - route: [{destination: {host: HOST, subset: v1}}]
            """));

        Assert.Equal(isTaken ? 1.0 : 0.0, split.Versions.Single(version => version.Name == "v2").Share);
    }

    [Theory]
    [InlineData("fault: {abort: {httpStatus: 503, percentage: {value: 40}}}\n    ", 0.4)]
    [InlineData("fault: {delay: {fixedDelay: 1s, percentage: {value: 40}}}\n    ", 0)]
    [InlineData("", 0)]
    public void Requests_that_the_route_aborts_are_declared_to_fail(string fault, double aborted) =>
        Assert.Equal(aborted, SplitReader.Read(Manifests($"- {fault}route: [{{destination: {{host: HOST, subset: v1}}}}]")).Aborted);

    [Fact]
    public void A_pod_is_of_the_version_whose_labels_and_selector_it_has()
    {
        var split = SplitReader.Read(Manifests("- route: [{destination: {host: HOST, subset: v1}}]"));

        Assert.Equal("v2", split.VersionOf(new Dictionary<string, string> { ["app"] = "gopher-distributor", ["version"] = "v2", ["more"] = "x" }));
        Assert.Null(split.VersionOf(new Dictionary<string, string> { ["app"] = "gopher-requester", ["version"] = "v2" }));
    }

    [Fact]
    public void Without_a_route_to_subsets_there_is_nothing_to_judge() =>
        Assert.Throws<UserException>(() => SplitReader.Read(Manifests("- route: [{destination: {host: HOST}}]")));

    [Fact]
    public void Of_several_splits_that_of_the_distributor_is_judged()
    {
        var route = Manifests("- route: [{destination: {host: HOST, subset: v1}}]");
        var other = Manifests("- route: [{destination: {host: gopher-auditor.gophers.svc.cluster.local, subset: v2}}]");

        var split = SplitReader.Read([.. other.Where(manifest => manifest.Kind == "VirtualService"), .. route]);

        Assert.Equal((Host, 1.0), (split.Host, split.Versions.Single(version => version.Name == "v1").Share));
        Assert.Equal(["gopher-auditor.gophers.svc.cluster.local"], split.NotJudged);
    }

    [Fact]
    public void Of_several_splits_without_the_distributors_none_can_be_judged()
    {
        var others = Manifests("- route: [{destination: {host: gopher-auditor.gophers.svc.cluster.local, subset: v2}}]");

        var error = Assert.Throws<UserException>(() => SplitReader.Read([.. others, .. others]));

        Assert.Contains("2 VirtualServices", error.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<GopherMesh.DataPlane.Manifests.Manifest> Manifests(string http) => YamlManifests.Read($$$"""
        apiVersion: v1
        kind: Service
        metadata: {name: gopher-distributor, namespace: gophers}
        spec: {selector: {app: gopher-distributor}}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: v1, namespace: gophers}
        spec: {host: {{{Host}}}, subsets: [{name: v1, labels: {version: v1}}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: v2, namespace: gophers}
        spec: {host: {{{Host}}}, subsets: [{name: v2, labels: {version: v2}}]}
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: gopher-distributor, namespace: gophers}
        spec:
          http:
          {{{http.Replace("HOST", Host, StringComparison.Ordinal)}}}
        """);
}
