namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class MeshRuleTests
{
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";
    private const string DistributorRoute = "VirtualService gophers/gopher-distributor";
    private const string Subset = "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2";
    private const string DistributorSubset = "DestinationRule gophers/gopher-distributor-v2";
    private const string Destination = "spec/http/1/route/0/destination";
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    [Theory]
    [InlineData($"{Destination}/subset", "\"v9\"", "spec.http[1].route[0].destination names the subset v9")]
    [InlineData("spec/http/1/mirror", $$"""{"host":"{{Host}}","subset":"v9"}""", "spec.http[1].mirror names the subset v9")]
    [InlineData(
        "spec/http/1/mirrors",
        $$"""[{"destination":{"host":"{{Host}}","subset":"v9"} }]""",
        "spec.http[1].mirrors[0].destination names the subset v9")]
    [InlineData($"{Destination}/host", "\"gopher-requester.gophers.svc.cluster.local\"", "the subset v1 of gopher-requester.gophers", "refused-route", "route-limits")]
    public Task A_route_to_an_unknown_subset(string path, string json, string what, params string[] also) =>
        Breakage.FindsAsync("unknown-subset", DistributorRoute, what, stack => stack.Set(Route, path, json), also);

    [Fact]
    public async Task A_subset_that_is_gone_before_its_routes()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(Subset, "spec/subsets", null));

        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding => Assert.Equal(("unknown-subset", DistributorRoute), (finding.Rule.Id, finding.Violation.Resource)));
    }

    [Fact]
    public Task A_subset_without_pods() => Breakage.FindsAsync(
        "empty-subset", DistributorSubset, "the subset v2 selects no declared pod",
        stack => stack.Set(Subset, "spec/subsets/0/labels/version", "\"v3\""));

    // Pods that lost their label are not those of their Deployment either.
    [Fact]
    public async Task A_subset_whose_pods_are_not_its_services()
    {
        var findings = await Breakage.FindingsAsync(
            stack => stack.Set("kubernetes:apps/v1:Deployment gopher-distributor-v2", "spec/template/metadata/labels/app", "\"other\""));

        Assert.Contains(findings, finding => finding.Rule.Id == "empty-subset" && finding.Violation.Resource == DistributorSubset
            && finding.Violation.Problem.Contains("the subset v2 selects no declared pod", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Rule.Id == "pod-template");
    }

    [Theory]
    [InlineData("\"gopher-distributor\"")]
    [InlineData("\"gopher-distributor.gophers\"")]
    [InlineData("\"gopher-distributor.gophers.svc\"")]
    public async Task An_unqualified_host(string host)
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(Route, $"{Destination}/host", host));

        var problem = $"spec.http[1].route[0].destination.host is {host.Trim('"')},";
        Assert.Contains(findings, finding => finding.Rule.Id == "unqualified-host"
            && finding.Violation.Resource == DistributorRoute
            && finding.Violation.Problem.StartsWith(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Route, DistributorRoute, "spec/hosts/0", "spec.hosts[0]")]
    [InlineData(
        "kubernetes:networking.istio.io/v1:DestinationRule gopher-requester",
        "DestinationRule gophers/gopher-requester",
        "spec/host",
        "spec.host")]
    public Task An_unqualified_host_elsewhere(string resource, string name, string path, string what) =>
        Breakage.FindsAsync("unqualified-host", name, what, stack => stack.Set(resource, path, "\"gopher-distributor\""));

    [Theory]
    [InlineData("ServiceEntry", """{"hosts":["bank"]}""", "spec.hosts[0] is bank")]
    [InlineData(
        "Sidecar", """{"workloadSelector":{"labels":{"app":"gopher-requester"}},"egress":[{"hosts":["istio-system/*","./gopher-distributor"]}]}""", "spec.egress[0].hosts[1] is gopher-distributor",
        "unimported-host")]
    public Task An_unqualified_host_of_other_kinds(string kind, string spec, string what, params string[] also) => Breakage.FindsAsync(
        "unqualified-host", $"{kind} gophers/new", what,
        stack => stack.WithObject("networking.istio.io/v1", kind, "gophers/new", $"\"spec\":{spec}"), also);

    [Theory]
    [InlineData("\"PERMISSIVE\"", "mutual TLS is PERMISSIVE")]
    [InlineData(null, "mutual TLS is not set")]
    public Task Sidecars_that_take_plain_text(string? mode, string what) => Breakage.FindsAsync(
        "plain-text-traffic", "Namespace gophers", what,
        stack => stack.Set("kubernetes:security.istio.io/v1:PeerAuthentication default", "spec/mtls/mode", mode));

    [Fact]
    public Task Sidecars_that_take_plain_text_in_one_namespace() => Breakage.FindsAsync(
        "plain-text-traffic", "Namespace gophers", "mutual TLS is DISABLE",
        stack => stack.WithObject(
            "security.istio.io/v1", "PeerAuthentication", "gophers/own", "\"spec\":{\"mtls\":{\"mode\":\"DISABLE\"}}"));

    [Fact]
    public async Task Not_a_header_that_is_called_host() =>
        Assert.Empty(await Breakage.FindingsAsync(
            stack => stack.Set(Route, "spec/http/1/headers", """{"request":{"set":{"host":"inside"}}}""")));
}
