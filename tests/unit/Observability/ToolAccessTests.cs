using System.Text.RegularExpressions;
using GopherMesh.Infra.Observability;

namespace GopherMesh.Tests.Unit.Observability;

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
        var values = (await ObservedStack.ReleaseAsync(name)).At("values")!;

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
        Assert.False((bool?)(await ObservedStack.ReleaseAsync("kiali")).At("values.deployment.network_policy.enabled"));
        Assert.Single(
            (await ObservedStack.WithAsync()).Of("kubernetes:networking.k8s.io/v1:NetworkPolicy"),
            policy => (string?)policy.At("metadata.namespace") == "observability");
    }

    // A monitoring stack that is installed already has ClusterRoles with the charts' own names.
    [Fact]
    public async Task No_ClusterRole_has_a_name_that_another_installation_of_the_chart_has()
    {
        Assert.Equal("gopher-mesh-prometheus", (string?)(await ObservedStack.ReleaseAsync("prometheus")).At("values.server.clusterRoleNameOverride"));
        Assert.Equal("gopher-mesh-kube-state-metrics", (string?)(await ObservedStack.ReleaseAsync("kube-state-metrics")).At("values.fullnameOverride"));
        Assert.False((bool?)(await ObservedStack.ReleaseAsync("kiali")).At("values.deployment.cluster_wide_access"));
    }

    [Fact]
    public async Task The_policy_is_in_their_namespace() =>
        Assert.Equal("observability", (string?)(await Policy()).At("metadata.namespace"));

    [Fact]
    public async Task The_outputs_lead_to_each_of_them()
    {
        var lines = Assert.IsAssignableFrom<System.Collections.IDictionary>((await ObservedStack.WithAsync()).Outputs["observability"].Value);

        const string Kubectl = "kubectl --context kind-gopher-mesh --namespace observability";
        Assert.Equal($"{Kubectl} port-forward service/grafana 3000:3000", lines["grafana"]);
        Assert.Equal($"{Kubectl} create token kiali", lines["kialiToken"]);
        Assert.Equal(["grafana", "grafanaPassword", "jaeger", "kiali", "kialiToken", "prometheus"], lines.Keys.Cast<string>().Order());
    }

    private static async Task<DeclaredResource> Policy() =>
        (await ObservedStack.WithAsync(("namespace", "team-7")))["kubernetes:networking.k8s.io/v1:NetworkPolicy", "tools"];
}

/// <summary>The commands in docs/observability.md that open the tools are those of the stack's outputs.</summary>
public sealed partial class ToolCommandsOfTheDocsTests
{
    // On EKS, where kubectl needs no context of its own.
    private static readonly IReadOnlyCollection<string> Lines = ObservabilityTools.Commands(StackFiles.Dev().Read()).Values;

    private static string Document => Path.Combine(AppContext.BaseDirectory, "project", "docs", "observability.md");

    [Fact]
    public void The_page_gives_every_command() => Assert.Equal(Lines.Order(), In(Section("## How to look")).Distinct().Order());

    [Fact]
    public void The_page_gives_no_other_command() => Assert.Equal([], In(File.ReadAllText(Document)).Except(Lines));

    private static IEnumerable<string> In(string text) => Command().Matches(text).Select(match => match.Value);

    // From its heading to the next of the same rank or above.
    private static string Section(string heading)
    {
        var text = File.ReadAllText(Document);
        var start = text.IndexOf($"\n{heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"docs/observability.md has no section '{heading}'");
        var end = NextHeading().Match(text, start + heading.Length + 2);
        return text[start..end.Index];
    }

    // A line of its own in a block of code, or the code within a line.
    [GeneratedRegex("kubectl --namespace observability [^`#\\n]*[^`# \\n]")]
    private static partial Regex Command();

    [GeneratedRegex("^##{1,2} ", RegexOptions.Multiline)]
    private static partial Regex NextHeading();
}

/// <summary>A stack on an existing cluster with the observability tools.</summary>
internal static class ObservedStack
{
    public const string Release = "kubernetes:helm.sh/v3:Release";
    public const string ConfigMap = "kubernetes:core/v1:ConfigMap";

    /// <summary>What the stack declares with changed settings.</summary>
    public static Task<StackUnderTest> WithAsync(params (string, string)[] changes) =>
        StackUnderTest.DeclareAsync(StackFiles.Local([("observability", "true"), .. changes]));

    /// <summary>The release <paramref name="name"/> of it.</summary>
    public static async Task<DeclaredResource> ReleaseAsync(string name, params (string, string)[] changes) =>
        (await WithAsync(changes))[Release, name];
}
