using System.Collections.Immutable;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Faults;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>What follows from a stack's configuration alone: the stages, where a rollout stands, and who has to agree.</summary>
public class RolloutPlanTests
{
    private static readonly ImmutableArray<int> Steps = [5, 25, 50, 100];
    private static readonly StackState Before = new("v1", null, 0);

    [Fact]
    public void Every_stage_is_the_config_lines_that_a_person_would_type()
    {
        var plan = RolloutPlan.For("v2", Before, [10, 100], []);

        Assert.Equal(
            [
                "dark launch: pulumi config set canaryVersion v2, pulumi config set canaryWeight 0",
                "step 10 %: pulumi config set canaryWeight 10",
                "bake at 100 %: pulumi config set canaryWeight 100",
                "promotion: pulumi config set stableVersion v2, pulumi config set canaryVersion \"\", pulumi config set canaryWeight 0",
            ],
            plan.Stages.Select(stage => $"{stage.Title}: {string.Join(", ", stage.Changes.Select(change => change.Command))}"));
    }

    [Theory]
    [InlineData(null, 0, -1)]
    [InlineData("v2", 0, 0)]
    [InlineData("v2", 5, 1)]
    [InlineData("v2", 30, 2)]
    [InlineData("v2", 50, 3)]
    [InlineData("v2", 100, 4)]
    public void A_rollout_goes_on_where_the_configuration_says_it_stands(string? canary, int weight, int position) =>
        Assert.Equal(position, RolloutPlan.For("v2", Before, Steps, []).Position(new("v1", canary, weight)));

    [Fact]
    public void A_promoted_version_stands_at_the_promotion() =>
        Assert.Equal(5, RolloutPlan.For("v2", new("v2", null, 0), Steps, []).Position(new("v2", null, 0)));

    [Theory]
    [InlineData("v2", "v1", "v3")]
    [InlineData("v2", "v2", "v3")]
    public void A_rollout_beside_another_one_is_refused(string canary, string stable, string other) => Assert.Contains(
        $"a rollout of {other} is under way",
        Assert.Throws<UserException>(() => RolloutPlan.For(canary, new(stable, other, 0), Steps, [])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(5, 2, null)]
    [InlineData(25, 3, 25)]
    [InlineData(100, 5, 100)]
    public void A_gate_stands_between_the_weight_in_force_and_a_higher_one(int now, int next, int? gate)
    {
        var plan = RolloutPlan.For("v2", Before, Steps, [100, 25, 0]);

        Assert.Equal(gate, plan.GateBefore(now, plan.Stages[next]));
    }

    [Theory]
    [InlineData("errors=5%", FaultKind.Errors, 0.05, 0)]
    [InlineData("slow=200ms", FaultKind.Slow, 1, 200)]
    [InlineData("hang", FaultKind.Hang, 1, 0)]
    [InlineData("crash=0.5%", FaultKind.Crash, 0.005, 0)]
    internal void A_fault_is_read(string text, FaultKind kind, double share, int milliseconds) =>
        Assert.Equal(new(kind, share, TimeSpan.FromMilliseconds(milliseconds)), VersionFault.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("errors")]
    [InlineData("errors=0%")]
    [InlineData("errors=101%")]
    [InlineData("errors=5")]
    [InlineData("slow=5%")]
    [InlineData("slow")]
    [InlineData("crash=5ms")]
    [InlineData("fire=1%")]
    public void What_is_no_fault_is_refused(string text) => Assert.Throws<UserException>(() => VersionFault.Parse(text));

    [Fact]
    public void The_counters_of_a_proxy_are_read_by_subset_and_other_clusters_and_tries_that_were_repeated_are_left_out()
    {
        const string Host = "gopher-distributor.gophers.svc.cluster.local";
        const string Statistics = """
            # TYPE envoy_cluster_upstream_rq counter
            envoy_cluster_upstream_rq{response_code_class="2xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 95
            envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 5
            envoy_cluster_upstream_rq{response_code="503",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 5
            envoy_cluster_retry_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local"} 9
            envoy_cluster_upstream_rq{response_code_class="5xx",cluster_name="outbound|80|v1|gopher-distributor.gophers.svc.cluster.local"} 7
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="25"} 40
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="50"} 60
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="100"} 80
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="250"} 90
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="500"} 91
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="1000"} 92
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="2500"} 93
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="5000"} 94
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="10000"} 95
            envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|v2|gopher-distributor.gophers.svc.cluster.local",le="+Inf"} 95
            """;

        var counts = ProxyCounters.Of(Statistics, Host, "v2");

        Assert.Equal((100, 5, 40, 95, 95), (counts!.Value.Requests, counts.Value.Failures, counts.Value.Within[3], counts.Value.Within[^1], counts.Value.Timed!.Value));
        Assert.Null(ProxyCounters.Of(Statistics, Host, "v3"));
        Assert.Null(ProxyCounters.Of(Statistics.Replace("le=\"50\"", "le=\"51\"", StringComparison.Ordinal), Host, "v2"));
    }
}
