namespace GopherMesh.Tests.Unit;

/// <summary>Who can reach the tools: only those who may open a tunnel to them.</summary>
public class ToolAccessTests
{
    // Where each chart has the type of its Service.
    public static TheoryData<string, string> ServiceTypes => new()
    {
        { "prometheus", "server.service.type" },
        { "kube-state-metrics", "service.type" },
        { "grafana", "service.type" },
        { "jaeger", "jaeger.service.type" },
        { "kiali", "deployment.service_type" },
    };

    [Theory]
    [MemberData(nameof(ServiceTypes))]
    public async Task Can_be_reached_from_within_the_cluster_only(string name, string serviceType)
    {
        var values = (await SeenStack.ReleaseAsync(name)).At("values")!;

        Assert.Equal("ClusterIP", (string?)serviceType.Split('.').Aggregate(values, (node, key) => node[key]!));
        Assert.DoesNotContain("\"ingress\":{\"enabled\":true", values.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_tools_reach_each_other_and_only_spans_come_in() => AssertJson.Equal(
        """
        {
          "podSelector":{},
          "policyTypes":["Ingress"],
          "ingress":[
            {"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"observability"} } }]},
            {
              "from":[
                {"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team-7"} } },
                {
                  "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
                  "podSelector":{"matchLabels":{"istio":"ingressgateway"} }
                }
              ],
              "ports":[{"port":4317,"protocol":"TCP"}]
            }
          ]
        }
        """,
        (await Policy()).At("spec"));

    // A chart's own policy would let in callers that ours refuses, because policies add up. Only Kiali's chart has one by default.
    [Fact]
    public async Task No_other_policy_lets_more_in()
    {
        Assert.False((bool?)(await SeenStack.ReleaseAsync("kiali")).At("values.deployment.network_policy.enabled"));
        Assert.Single(
            (await SeenStack.WithAsync()).Of("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
            policy => (string?)policy.At("metadata.namespace") == "observability");
    }

    // A monitoring stack that is installed already has ClusterRoles with the charts' own names.
    [Fact]
    public async Task No_ClusterRole_has_a_name_that_another_installation_of_the_chart_has()
    {
        Assert.Equal("gopher-mesh-prometheus", (string?)(await SeenStack.ReleaseAsync("prometheus")).At("values.server.clusterRoleNameOverride"));
        Assert.Equal("gopher-mesh-kube-state-metrics", (string?)(await SeenStack.ReleaseAsync("kube-state-metrics")).At("values.fullnameOverride"));
        Assert.False((bool?)(await SeenStack.ReleaseAsync("kiali")).At("values.deployment.cluster_wide_access"));
    }

    [Fact]
    public async Task The_policy_is_in_their_namespace() =>
        Assert.Equal("observability", (string?)(await Policy()).At("metadata.namespace"));

    [Fact]
    public async Task The_outputs_lead_to_each_of_them()
    {
        var lines = Assert.IsAssignableFrom<System.Collections.IDictionary>((await SeenStack.WithAsync()).Outputs["observability"].Value);

        const string Kubectl = "kubectl --context kind-gopher-mesh --namespace observability";
        Assert.Equal($"{Kubectl} port-forward service/grafana 3000:3000", lines["grafana"]);
        Assert.Equal($"{Kubectl} create token kiali", lines["kialiToken"]);
        Assert.Equal(["grafana", "grafanaPassword", "jaeger", "kiali", "kialiToken", "prometheus"], lines.Keys.Cast<string>().Order());
    }

    private static async Task<DeclaredResource> Policy() =>
        (await SeenStack.WithAsync(("namespace", "team-7")))["kubernetes:networking.k8s.io/v1:NetworkPolicy", "tools"];
}
