using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Verdict;
using GopherMesh.Tests.Rehearsal.DataPlane;

namespace GopherMesh.Tests.Rehearsal.Rehearse.Verdict;

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
