using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Security;

/// <summary>Who may call whom, as the proxies check it.</summary>
public class MeshSecurityTests
{
    private const string Policy = "kubernetes:security.istio.io/v1:AuthorizationPolicy";
    private const string PeerAuthentication = "kubernetes:security.istio.io/v1:PeerAuthentication";
    private const string Sidecar = "kubernetes:networking.istio.io/v1:Sidecar";
    private const string Release = "kubernetes:helm.sh/v3:Release";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task The_whole_mesh_speaks_mutual_TLS_only()
    {
        var mutual = Assert.Single((await With()).Of(PeerAuthentication));

        Assert.Equal("istio-system", (string?)mutual.At("metadata.namespace"));
        AssertJson.Equal("""{"mtls":{"mode":"STRICT"} }""", mutual.At("spec"));
    }

    [Fact]
    public async Task Whatever_is_not_allowed_is_refused() =>
        AssertJson.Equal("""{"action":"ALLOW"}""", (await With())[Policy, "allow-nothing"].At("spec"));

    [Fact]
    public async Task The_requester_answers_the_gateway_alone() => AssertJson.Equal(
        """
        {
          "selector":{"matchLabels":{"app":"gopher-requester"} },
          "action":"ALLOW",
          "rules":[{
            "from":[{"source":{"principals":["cluster.local/ns/istio-system/sa/istio-ingressgateway"]} }],
            "to":[{"operation":{"ports":["8080"]} }]
          }]
        }
        """,
        (await With())[Policy, "gopher-requester"].At("spec"));

    [Fact]
    public async Task The_distributor_answers_the_requester_alone_and_only_its_method() => AssertJson.Equal(
        """
        {
          "selector":{"matchLabels":{"app":"gopher-distributor"} },
          "action":"ALLOW",
          "rules":[{
            "from":[{"source":{"principals":["cluster.local/ns/team-7/sa/gopher-requester"]} }],
            "to":[{"operation":{"ports":["8080"],"methods":["GET"]} }]
          }]
        }
        """,
        (await With(("namespace", "team-7")))[Policy, "gopher-distributor"].At("spec"));

    [Fact]
    public async Task There_is_no_policy_beyond_these() =>
        Assert.Equal(["allow-nothing", "gopher-distributor", "gopher-requester"], (await With()).Of(Policy).Select(policy => policy.Name).Order());

    [Fact]
    public async Task The_identities_are_those_that_the_pods_have()
    {
        var stack = await With();
        Assert.Equal("gopher-requester", (string?)stack["kubernetes:apps/v1:Deployment", "gopher-requester"].At("spec.template.spec.serviceAccountName"));
        // By default the chart gives the ServiceAccount the release's name.
        Assert.Null(stack[Release, "istio-ingressgateway"].At("values.serviceAccount"));
    }

    [Fact]
    public async Task The_policy_that_refuses_every_call_is_created_last_and_deleted_first()
    {
        var before = (await With())[Policy, "allow-nothing"].DependsOn.Select(dependency => dependency.Key);
        Assert.Superset(new HashSet<string> { $"{Policy} gopher-requester", $"{Policy} gopher-distributor" }, before.ToHashSet());
    }

    [Fact]
    public async Task Proxies_know_only_their_own_namespace_and_refuse_other_hosts()
    {
        var stack = await With();
        AssertJson.Equal("""{"egress":[{"hosts":["./*"]}],"outboundTrafficPolicy":{"mode":"REGISTRY_ONLY"} }""", stack[Sidecar, "default"].At("spec"));
        AssertJson.Equal("""{"mode":"REGISTRY_ONLY"}""", stack[Release, "istiod"].At("values.meshConfig.outboundTrafficPolicy"));
    }

    [Fact]
    public async Task With_traces_proxies_know_Jaeger_too()
    {
        var stack = await With(("observability", "true"));
        AssertJson.Equal("""["./*","observability/jaeger.observability.svc.cluster.local"]""", stack[Sidecar, "default"].At("spec.egress[0].hosts"));
        AssertJson.Equal("""{"mode":"REGISTRY_ONLY"}""", stack[Release, "istiod"].At("values.meshConfig.outboundTrafficPolicy"));
    }

    [Fact]
    public async Task No_pod_starts_before_all_policies_exist()
    {
        var stack = await With(("canaryVersion", "v2"));
        var security = stack.Resources.Where(resource => resource.Parent?.Type == "gopher-mesh:security:Security").ToHashSet();

        Assert.Equal(9, security.Count);
        Assert.All(stack.Of("kubernetes:apps/v1:Deployment"), pods => Assert.Superset(security, pods.DependsOn.ToHashSet()));
    }

    [Fact]
    public async Task A_shift_changes_none_of_it()
    {
        var (before, after) = (await With(("canaryVersion", "v2")), await With(("canaryVersion", "v2"), ("canaryWeight", "50")));
        Assert.All(
            before.Resources.Where(resource => resource.Parent?.Type == "gopher-mesh:security:Security"),
            resource => Assert.True(JsonNode.DeepEquals(resource.Inputs, after[resource.Type, resource.Name].Inputs)));
    }
}

/// <summary>Who sets up the network of a pod, and what the namespace therefore can enforce.</summary>
public class PodSecurityTests
{
    private const string Release = "kubernetes:helm.sh/v3:Release";
    private const string Namespace = "kubernetes:core/v1:Namespace";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task Without_the_plugin_the_namespace_warns()
    {
        var stack = await With();
        AssertJson.Equal("""{"istio-injection":"enabled","pod-security.kubernetes.io/warn":"restricted"}""", stack[Namespace, "gophers"].At("metadata.labels"));
        Assert.DoesNotContain(stack.Of(Release), release => release.Name == "istio-cni");
        Assert.Null(stack[Release, "istiod"].At("values.pilot"));
    }

    [Fact]
    public async Task With_the_plugin_the_namespace_enforces()
    {
        var stack = await With(("istioCni", "true"));
        AssertJson.Equal(
            """{"istio-injection":"enabled","pod-security.kubernetes.io/warn":"restricted","pod-security.kubernetes.io/enforce":"restricted"}""",
            stack[Namespace, "gophers"].At("metadata.labels"));
        Assert.True((bool?)stack[Release, "istiod"].At("values.pilot.cni.enabled"));
    }

    [Fact]
    public async Task The_plugin_is_installed_before_all_that_rely_on_it_and_removed_after_them()
    {
        var stack = await With(("istioCni", "true"), ("istioVersion", "1.31.2"));
        var plugin = stack[Release, "istio-cni"];

        Assert.Equal("cni", (string?)plugin.At("chart"));
        Assert.Equal("1.31.2", (string?)plugin.At("version"));
        Assert.Equal("istio-system", (string?)plugin.At("namespace"));
        Assert.Contains($"{Release} istio-base", plugin.DependsOn.Select(dependency => dependency.Key));
        Assert.Contains(plugin, stack[Release, "istiod"].DependsOn);
    }
}
