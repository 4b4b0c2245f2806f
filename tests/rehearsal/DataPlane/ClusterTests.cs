using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Routing;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Which pods make a cluster, and which policy it has.</summary>
public sealed class ClusterTests
{
    private static readonly PodEndpoint V1 = Pod("v1", "v1");

    private static PodEndpoint Pod(string name, string version, bool ready = true, string ns = "gophers") => new(
        name,
        ns,
        new Dictionary<string, string> { ["app"] = "gopher-distributor", ["version"] = version },
        new Dictionary<string, int> { ["http"] = 1 },
        ready);

    [Fact]
    public void A_subset_has_the_ready_pods_of_its_namespace_that_carry_its_labels()
    {
        var clusters = Clusters("", V1, Pod("v2", "v2"), Pod("starting", "v1", ready: false), Pod("stranger", "v1", ns: "other"));

        Assert.Equal(["v1"], clusters["v1"].Endpoints.Select(endpoint => endpoint.Pod.Pod));
        Assert.Equal(["v1", "v2"], clusters[""].Endpoints.Select(endpoint => endpoint.Pod.Pod));
    }

    [Fact]
    public void Rules_for_one_host_are_merged()
    {
        var policy = Subset("v9").Replace("host:", "trafficPolicy: { loadBalancer: { simple: RANDOM } }\n  host:", StringComparison.Ordinal);
        var clusters = Clusters(policy, V1);

        Assert.Equal(["", "v1", "v2", "v9"], clusters.Keys.Order());
        Assert.All(clusters.Values, cluster => Assert.Equal(LoadBalancing.Random, cluster.Policy.LoadBalancer));
    }

    [Fact]
    public void Of_two_subsets_of_one_name_and_of_two_policies_the_first_rule_by_name_wins()
    {
        const string policy = "trafficPolicy: { loadBalancer: { simple: RANDOM } }\n  host:";
        var first = Subset("v1").Replace("gopher-distributor-v1", "a", StringComparison.Ordinal).Replace("version: v1", "version: v0", StringComparison.Ordinal);
        var second = Subset("v3").Replace("host:", policy, StringComparison.Ordinal);
        var third = Subset("v4").Replace("host:", policy.Replace("RANDOM", "ROUND_ROBIN", StringComparison.Ordinal), StringComparison.Ordinal);
        var clusters = Clusters($"{first}\n---\n{third}\n---\n{second}", V1);

        Assert.Empty(clusters["v1"].Endpoints);
        Assert.Equal(LoadBalancing.Random, clusters["v4"].Policy.LoadBalancer);
    }

    [Theory]
    [InlineData("loadBalancer: { simple: RANDOM }", "", LoadBalancing.Random, null)]
    [InlineData("loadBalancer: { simple: RANDOM }", "loadBalancer: { simple: ROUND_ROBIN }", LoadBalancing.RoundRobin, null)]
    [InlineData("loadBalancer: { simple: RANDOM }", "connectionPool: { tcp: { maxConnections: 7 } }", LoadBalancing.Random, 7)]
    [InlineData(
        "loadBalancer: { simple: RANDOM }",
        "portLevelSettings: [{ port: { number: 80 }, connectionPool: { tcp: { maxConnections: 7 } } }]",
        LoadBalancing.LeastRequest,
        7)]
    [InlineData("portLevelSettings: [{ port: { number: 81 }, loadBalancer: { simple: RANDOM } }]", "", LoadBalancing.LeastRequest, null)]
    public void A_subsets_settings_win_over_the_rules(string rule, string subset, object balancing, int? maxConnections)
    {
        var yaml = Subset("v9", subset.Length == 0 ? "" : $", trafficPolicy: {{ {subset} }}")
            .Replace("host:", $"trafficPolicy: {{ {rule} }}\n  host:", StringComparison.Ordinal);

        var policy = Clusters(yaml, V1)["v9"].Policy;

        Assert.Equal((balancing, maxConnections), (policy.LoadBalancer, policy.ConnectionPool.MaxConnections));
    }

    [Fact]
    public void The_callers_namespace_has_the_first_word_about_a_host()
    {
        var theirs = Subset("v1").Replace("namespace: gophers", "namespace: elsewhere", StringComparison.Ordinal);
        var model = TestMesh.Model(theirs.Replace("version: v1", "version: v0", StringComparison.Ordinal));

        Assert.Empty(ClusterTable.Build(model, [V1], "elsewhere").Single(cluster => cluster.Subset == "v1").Endpoints);
        Assert.Single(ClusterTable.Build(model, [V1], "gophers").Single(cluster => cluster.Subset == "v1").Endpoints);
    }

    private static Dictionary<string, ClusterSpec> Clusters(string yaml, params PodEndpoint[] pods) => ClusterTable
        .Build(TestMesh.Model(yaml), pods, Declared.Namespace)
        .Where(cluster => cluster.Host == Distributor)
        .ToDictionary(cluster => cluster.Subset ?? "");
}

public sealed class OutlierTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly UpstreamHost[] _hosts = [Host(1), Host(2), Host(3)];
    private readonly List<string> _told = [];

    [Fact]
    public void A_host_that_fails_in_a_row_is_ejected_for_a_time_that_grows_and_let_in_again()
    {
        using var detector = Detector(consecutive5xx: 3, maxEjectionPercent: 34);

        Fail(detector, _hosts[0], 500, 3);
        Assert.Equal(_hosts[1..], detector.Available);

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(2, detector.Available.Length);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(3, detector.Available.Length);

        Fail(detector, _hosts[0], 500, 3);
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Equal(2, detector.Available.Length);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(3, detector.Available.Length);
        Assert.Equal(["pod-1 out", "pod-1 in", "pod-1 out", "pod-1 in"], _told);
    }

    [Fact]
    public void A_success_starts_the_count_anew()
    {
        using var detector = Detector(consecutive5xx: 3, maxEjectionPercent: 100);

        Fail(detector, _hosts[0], 500, 2);
        detector.Report(_hosts[0], 200);
        Fail(detector, _hosts[0], 500, 2);

        Assert.Equal(3, detector.Available.Length);
    }

    [Fact]
    public void Gateway_errors_are_502_503_and_504()
    {
        using var detector = Detector(consecutive5xx: 0, gatewayErrors: 2, maxEjectionPercent: 100);

        Fail(detector, _hosts[0], 500, 5);
        detector.Report(_hosts[1], 503);
        detector.Report(_hosts[1], 504);

        Assert.Equal([_hosts[0], _hosts[2]], detector.Available);
    }

    [Theory]
    [InlineData(10, 3)]
    [InlineData(33, 3)]
    [InlineData(34, 2)]
    [InlineData(66, 2)]
    [InlineData(67, 1)]
    [InlineData(100, 0)]
    public void No_more_hosts_are_ejected_than_the_maximum_allows(int maxEjectionPercent, int left)
    {
        using var detector = Detector(consecutive5xx: 1, maxEjectionPercent: maxEjectionPercent);

        Array.ForEach(_hosts, host => detector.Report(host, 500));

        Assert.Equal(left, detector.Available.Length);
    }

    [Fact]
    public void Below_the_minimum_health_all_hosts_are_used()
    {
        using var detector = Detector(consecutive5xx: 1, maxEjectionPercent: 100, minHealthPercent: 50);

        detector.Report(_hosts[0], 500);
        Assert.Equal(2, detector.Available.Length);
        detector.Report(_hosts[1], 500);
        Assert.Equal(3, detector.Available.Length);
    }

    [Fact]
    public void An_ejected_host_is_let_in_again_even_where_pods_change_more_often_than_hosts_are_looked_at()
    {
        var cluster = Cluster(null);
        cluster.Report(cluster.Pick(null)!, 500);
        Assert.Single(Picked(cluster));

        for (var change = 0; change < 10; change++)
        {
            _time.Advance(TimeSpan.FromSeconds(4));
            var next = Cluster(cluster);
            cluster.Retire(next);
            cluster = next;
        }

        Assert.Equal(2, Picked(cluster).Count);
        cluster.Dispose();
    }

    public void Dispose() => Array.ForEach(_hosts, host => host.Dispose());

    private static UpstreamHost Host(int port) =>
        new(new(new PodEndpoint($"pod-{port}", "ns", new Dictionary<string, string>(), new Dictionary<string, int>(), true), port), PortProtocol.Http1, TimeSpan.FromSeconds(1));

    private static HashSet<UpstreamHost> Picked(Cluster cluster) => [.. Enumerable.Range(0, 50).Select(_ => cluster.Pick(null)!)];

    private static void Fail(OutlierDetector detector, UpstreamHost host, int status, int times)
    {
        for (var time = 0; time < times; time++)
        {
            detector.Report(host, status);
        }
    }

    private Cluster Cluster(Cluster? previous)
    {
        var detection = new OutlierDetection(1, 0, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 100, 0);
        UpstreamEndpoint[] endpoints = [_hosts[0].Endpoint, _hosts[1].Endpoint];
        var policy = new ClusterPolicy(LoadBalancing.RoundRobin, ConnectionPool.Unlimited, detection);
        return new(new("outbound|80||host", "host", null, PortProtocol.Http1, policy, endpoints), previous, new SeededRandom(1), _time, Tell);
    }

    private OutlierDetector Detector(int consecutive5xx, int maxEjectionPercent, int gatewayErrors = 0, int minHealthPercent = 0) => new(
        new OutlierDetection(consecutive5xx, gatewayErrors, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), maxEjectionPercent, minHealthPercent),
        _hosts,
        _time,
        Tell);

    private void Tell(UpstreamHost host, bool isEjected) => _told.Add($"{host.Endpoint.Pod.Pod} {(isEjected ? "out" : "in")}");
}
