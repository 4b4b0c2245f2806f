using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Rollout;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>The weights that a rollout changes on the cluster, before the update does.</summary>
public class DeployedSplitTests
{
    private const string Live = """
        {
          "apiVersion": "networking.istio.io/v1", "kind": "VirtualService",
          "metadata": {"name": "gopher-distributor", "managedFields": [{"manager": "pulumi", "operation": "Apply", "fieldsV1": {"f:spec": {}}}]},
          "spec": {"http": [
            {"name": "preview-v2", "route": [{"destination": {"subset": "v2"}, "weight": 100}]},
            {"name": "sticky-v2", "route": [{"destination": {"subset": "v2"}, "weight": 100}]},
            {"name": "split", "route": [{"destination": {"subset": "v1"}, "weight": 90}, {"destination": {"subset": "v2"}, "weight": 10}]}
          ]}
        }
        """;

    [Theory]
    [InlineData(0, "preview-v2,split")]
    [InlineData(5, "preview-v2,sticky-v2,split")]
    public void Callers_who_stay_with_the_canary_go_back_at_weight_0_with_all_others(int weight, string routes)
    {
        var (manager, desired) = DeployedSplit.Changed(JsonNode.Parse(Live)!, "v2", weight);

        Assert.Equal("pulumi", manager);
        Assert.Equal(routes.Split(','), desired["spec"]!["http"]!.AsArray().Select(route => (string?)route!["name"]));
        Assert.Equal([100 - weight, weight], desired["spec"]!["http"]!.AsArray()[^1]!["route"]!.AsArray().Select(to => (int)to!["weight"]!));
    }
}
