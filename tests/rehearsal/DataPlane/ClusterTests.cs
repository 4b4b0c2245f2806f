using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
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
