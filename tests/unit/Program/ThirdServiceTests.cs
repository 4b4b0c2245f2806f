using System.Text.Json.Nodes;
using GopherMesh.Infra.Images;
using Pulumi;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>What one declaration of a service creates.</summary>
public class ThirdServiceTests
{
    private const string Auditor = "gopher-auditor";
    private const string Deployment = "kubernetes:apps/v1:Deployment";
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService";
    private const string Rule = "kubernetes:networking.istio.io/v1:DestinationRule";
    private const string NetworkPolicy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
    private const string AuthorizationPolicy = "kubernetes:security.istio.io/v1:AuthorizationPolicy";

    private static Task<StackUnderTest> Declared => StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2")), ThirdServiceProgram.Declare);

    [Fact]
    public async Task It_has_an_identity_and_a_Service()
    {
        var stack = await Declared;
        Assert.Equal("gophers", (string?)stack["kubernetes:core/v1:ServiceAccount", Auditor].At("metadata.namespace"));
        AssertJson.Equal(
            """{"selector":{"app":"gopher-auditor"},"ports":[{"name":"http","port":80,"targetPort":"http"}]}""",
            stack["kubernetes:core/v1:Service", Auditor].At("spec"));
    }

    [Theory]
    [InlineData("v1", "registry.example.com/gopher-auditor:1.0")]
    [InlineData("v2", "registry.example.com/gopher-auditor:2.0")]
    public async Task Each_version_has_pods_a_budget_and_a_subset(string version, string image)
    {
        var stack = await Declared;
        var pods = stack[Deployment, $"{Auditor}-{version}"];
        var container = pods.At("spec.template.spec.containers[0]")!;

        Assert.Equal(2, (double)pods.At("spec.replicas")!);
        Assert.Equal(image, (string?)container["image"]);
        Assert.Equal(Auditor, (string?)pods.At("spec.template.spec.serviceAccountName"));
        Assert.Equal(version, Variable(container, "VERSION"));
        Assert.Equal("json", Variable(container, "AUDIT_FORMAT"));
        Assert.NotNull(stack["kubernetes:policy/v1:PodDisruptionBudget", $"{Auditor}-{version}"]);
        Assert.Equal($"{Auditor}.gophers.svc.cluster.local", (string?)stack[Rule, $"{Auditor}-{version}"].At("spec.host"));
        Assert.Equal(version, (string?)stack[Rule, $"{Auditor}-{version}"].At("spec.subsets[0].name"));
    }

    [Fact]
    public async Task Its_callers_may_call_it_and_nobody_else()
    {
        var stack = await Declared;
        AssertJson.Equal(
            """
            [{
              "from":[{"source":{"principals":["cluster.local/ns/gophers/sa/gopher-requester"]} }],
              "to":[{"operation":{"ports":["8080"],"methods":["GET","POST"]} }]
            }]
            """,
            stack[AuthorizationPolicy, Auditor].At("spec.rules"));
        AssertJson.Equal(
            """
            {
              "podSelector":{"matchLabels":{"app":"gopher-auditor"} },
              "policyTypes":["Ingress","Egress"],
              "ingress":[{
                "from":[{
                  "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"gophers"} },
                  "podSelector":{"matchLabels":{"app":"gopher-requester"} }
                }],
                "ports":[{"port":8080,"protocol":"TCP"}]
              }]
            }
            """,
            stack[NetworkPolicy, Auditor].At("spec"));
        Assert.Equal(
            ["gopher-distributor", Auditor],
            ((JsonArray)stack[NetworkPolicy, "gopher-requester"].At("spec.egress")!)
                .Select(rule => (string?)rule!["to"]![0]!["podSelector"]!["matchLabels"]!["app"]));
    }

    [Fact]
    public async Task Its_route_shares_requests_among_its_versions()
    {
        var spec = (await Declared)[Route, Auditor].At("spec")!;
        AssertJson.Equal("""["gopher-auditor.gophers.svc.cluster.local"]""", spec["hosts"]);
        AssertJson.Equal("""["mesh"]""", spec["gateways"]);
        foreach (var route in (JsonArray)spec["http"]!)
        {
            Assert.Equal("4s", (string?)route!["timeout"]);
            AssertJson.Equal(
                """
                [
                  {"destination":{"host":"gopher-auditor.gophers.svc.cluster.local","subset":"v1"},"weight":90},
                  {"destination":{"host":"gopher-auditor.gophers.svc.cluster.local","subset":"v2"},"weight":10}
                ]
                """,
                route["route"]);
        }
    }

    [Fact]
    public async Task Policies_come_before_its_pods_and_its_route_after_them()
    {
        var stack = await Declared;
        var policies = stack.Resources.Where(resource => resource.Parent?.Type == "gopher-mesh:security:Security").ToHashSet();
        Assert.Contains(stack[AuthorizationPolicy, Auditor], policies);
        Assert.Contains(stack[NetworkPolicy, Auditor], policies);
        foreach (var name in new[] { $"{Auditor}-v1", $"{Auditor}-v2" })
        {
            Assert.Superset(policies, stack[Deployment, name].DependsOn.ToHashSet());
            Assert.Contains(stack[Rule, name], stack[Deployment, name].DependsOn);
            Assert.Contains(stack[Deployment, name], stack[Route, Auditor].DependsOn);
            Assert.Contains(stack[Rule, name], stack[Route, Auditor].DependsOn);
        }
    }

    [Fact]
    public async Task The_other_services_change_only_in_whom_the_requester_may_reach()
    {
        var two = await StackUnderTest.DeclareAsync(StackFiles.Local(("canaryVersion", "v2")));
        var three = await Declared;
        var mine = new HashSet<string> { "gopher-requester", "gopher-distributor", "gopher-distributor-v1", "gopher-distributor-v2" };

        var changed = two.Resources
            .Where(resource => mine.Contains(resource.Name) && resource.Inputs.Count > 0)
            .Where(resource => !JsonNode.DeepEquals(resource.Inputs, three[resource.Type, resource.Name].Inputs));
        Assert.Equal([$"{NetworkPolicy} gopher-requester"], changed.Select(resource => resource.Key));
    }

    [Theory]
    [InlineData("gopher-auditer", "registry.example.com/a:1", false, "Nobody may call gopher-auditor: give MeshSecurity an AllowedCall to it.")]
    [InlineData(Auditor, "registry.example.com/a:1", true, "gopher-auditor has both an image and versions, or neither: set Image or Rollout.")]
    [InlineData(Auditor, null, false, "gopher-auditor has both an image and versions, or neither: set Image or Rollout.")]
    [InlineData(Auditor, "registry.example.com/a:1", false, "gopher-auditor has 1 pods, and at most 1: set MaxReplicas above Replicas, or leave it out.", 1)]
    public async Task A_wrong_declaration_says_what_to_change(string called, string? image, bool hasVersions, string message, int maxReplicas = 0)
    {
        var shown = await Assert.ThrowsAsync<RunException>(
            () => StackUnderTest.DeclareAsync(StackFiles.Local(), ThirdServiceProgram.Of(called, image, hasVersions, maxReplicas)));
        Assert.Contains(message, shown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("service")]
    public void The_page_shows_the_lines_of_the_program(string part)
    {
        var root = RepositoryRoot.Find();
        var source = File.ReadAllLines(Path.Combine(root, "tests/unit/Program/ThirdServiceProgram.cs"));
        var lines = source
            .SkipWhile(line => line.Trim() != $"// docs/your-own-service.md: {part}").Skip(1).TakeWhile(line => line.Trim() != "// end")
            .Select(line => line.Length == 0 ? line : line[8..]);

        Assert.Contains(
            $"```csharp\n{string.Join('\n', lines)}\n```\n", File.ReadAllText(Path.Combine(root, "docs/your-own-service.md")), StringComparison.Ordinal);
    }

    private static string? Variable(JsonNode container, string name) =>
        (string?)((JsonArray)container["env"]!).Single(variable => (string?)variable!["name"] == name)!["value"];
}
