using System.Text.Json.Nodes;
using GopherMesh.Tests.Unit.Eks;

namespace GopherMesh.Tests.Unit.Security;

/// <summary>Who may call whom, as the network checks it.</summary>
public class NetworkPolicyTests
{
    private const string Policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task Nothing_goes_in_or_out_unless_it_is_allowed() =>
        AssertJson.Equal("""{"podSelector":{},"policyTypes":["Ingress","Egress"]}""", (await With())[Policy, "default-deny"].At("spec"));

    [Fact]
    public async Task The_requester_is_reached_by_the_gateway_and_reaches_the_distributor() => AssertJson.Equal(
        """
        {
          "podSelector":{"matchLabels":{"app":"gopher-requester"} },
          "policyTypes":["Ingress","Egress"],
          "ingress":[{
            "from":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
              "podSelector":{"matchLabels":{"istio":"ingressgateway"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }],
          "egress":[{
            "to":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"gophers"} },
              "podSelector":{"matchLabels":{"app":"gopher-distributor"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }]
        }
        """,
        (await With())[Policy, "gopher-requester"].At("spec"));

    [Fact]
    public async Task The_distributor_is_reached_by_the_requester_and_reaches_nobody() => AssertJson.Equal(
        """
        {
          "podSelector":{"matchLabels":{"app":"gopher-distributor"} },
          "policyTypes":["Ingress","Egress"],
          "ingress":[{
            "from":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team-7"} },
              "podSelector":{"matchLabels":{"app":"gopher-requester"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }]
        }
        """,
        (await With(("namespace", "team-7")))[Policy, "gopher-distributor"].At("spec"));

    [Fact]
    public async Task Proxies_reach_DNS_and_istiod()
    {
        var proxies = (await With())[Policy, "proxies"];
        Assert.Null(proxies.At("spec.ingress"));
        AssertJson.Equal(
            """
            [
              {"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]},
              {
                "to":[{
                  "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
                  "podSelector":{"matchLabels":{"app":"istiod"} }
                }],
                "ports":[{"port":15012,"protocol":"TCP"}]
              }
            ]
            """,
            proxies.At("spec.egress"));
    }

    [Fact]
    public async Task The_tools_may_scrape_and_get_spans()
    {
        var proxies = (await With(("observability", "true")))[Policy, "proxies"];
        const string Tools = """{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"observability"} } }""";

        AssertJson.Equal($$"""[{"from":[{{Tools}}],"ports":[{"port":15020,"protocol":"TCP"}]}]""", proxies.At("spec.ingress"));
        AssertJson.Equal($$"""{"to":[{{Tools}}],"ports":[{"port":4317,"protocol":"TCP"}]}""", proxies.At("spec.egress[2]"));
    }

    [Theory]
    [InlineData("istiod")]
    [InlineData("istio-ingressgateway")]
    [InlineData("istio-cni")]
    public async Task Istios_own_pods_have_the_policies_of_their_charts(string release)
    {
        var stack = await With(("istioCni", "true"));
        Assert.True((bool?)stack["kubernetes:helm.sh/v3:Release", release].At("values.global.networkPolicy.enabled"));
    }
}

/// <summary>
/// Which connections a network that enforces the declared policies lets through. The labels of gophers are those of the declared pods. Other
/// pods have no policy here, because the policies of Istio's charts allow all egress, and ingress to the served ports.
/// </summary>
public class FlowTests(FlowTests.Networks networks) : IClassFixture<FlowTests.Networks>
{
    private static readonly Endpoint[] Others =
    [
        Endpoint.Pod("gateway", "istio-system", ("istio", "ingressgateway"), ("app", "istio-ingressgateway")),
        Endpoint.Pod("istiod", "istio-system", ("app", "istiod"), ("istio", "pilot")),
        Endpoint.Pod("prometheus", "observability", ("app.kubernetes.io/name", "prometheus")),
        Endpoint.Pod("jaeger", "observability", ("app.kubernetes.io/name", "jaeger")),
        Endpoint.Pod("kube-dns", "kube-system", ("k8s-app", "kube-dns")),
        Endpoint.Pod("stranger", "default", ("app", "gopher-requester")),
        Endpoint.Pod("neighbour", "gophers", ("app", "neighbour")),
        Endpoint.NoPod("the node"),
        Endpoint.NoPod("the internet"),
    ];

    /// <summary>Connections that requests, proxies and DNS need, whatever is installed.</summary>
    public static TheoryData<string, string, int, string> Allowed => new()
    {
        { "gateway", "gopher-requester", 8080, "TCP" },
        { "gopher-requester", "gopher-distributor-v1", 8080, "TCP" },
        { "gopher-requester", "gopher-distributor-v2", 8080, "TCP" },
        { "gopher-requester", "istiod", 15012, "TCP" },
        { "gopher-distributor-v1", "istiod", 15012, "TCP" },
        { "gopher-requester", "kube-dns", 53, "UDP" },
        { "gopher-requester", "kube-dns", 53, "TCP" },
        // Auto Mode serves DNS on the node, which no rule can select; so port 53 is open to every address.
        { "gopher-distributor-v2", "the node", 53, "UDP" },
        { "gopher-distributor-v2", "the internet", 53, "UDP" },
    };

    /// <summary>Connections that only the tools need.</summary>
    public static TheoryData<string, string, int, string> AllowedToWatch => new()
    {
        { "prometheus", "gopher-requester", 15020, "TCP" },
        { "prometheus", "gopher-distributor-v1", 15020, "TCP" },
        { "gopher-requester", "jaeger", 4317, "TCP" },
        { "gopher-distributor-v2", "jaeger", 4317, "TCP" },
    };

    /// <summary>Connections that nobody needs, with or without the tools.</summary>
    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "stranger", "gopher-requester", 8080, "TCP" },
        { "stranger", "gopher-distributor-v1", 8080, "TCP" },
        { "neighbour", "gopher-distributor-v1", 8080, "TCP" },
        { "gateway", "gopher-distributor-v1", 8080, "TCP" },
        { "the internet", "gopher-requester", 8080, "TCP" },
        { "gopher-distributor-v1", "gopher-requester", 8080, "TCP" },
        { "gopher-distributor-v1", "gopher-distributor-v2", 8080, "TCP" },
        { "gopher-requester", "gopher-distributor-v1", 15020, "TCP" },
        { "gateway", "gopher-requester", 15020, "TCP" },
        { "prometheus", "gopher-requester", 8080, "TCP" },
        { "gopher-requester", "the internet", 443, "TCP" },
        { "gopher-requester", "the node", 80, "TCP" },
        { "gopher-requester", "istiod", 8080, "TCP" },
        { "gopher-requester", "gateway", 80, "TCP" },
        { "gopher-requester", "stranger", 8080, "TCP" },
        { "gopher-requester", "prometheus", 9090, "TCP" },
        { "gopher-requester", "kube-dns", 443, "TCP" },
        { "neighbour", "the internet", 443, "TCP" },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Lets_through(string from, string to, int port, string protocol) =>
        Assert.Equal((true, true), (networks.Plain(from, to, port, protocol), networks.Watched(from, to, port, protocol)));

    [Theory]
    [MemberData(nameof(AllowedToWatch))]
    public void Lets_through_only_with_the_tools(string from, string to, int port, string protocol) =>
        Assert.Equal((false, true), (networks.Plain(from, to, port, protocol), networks.Watched(from, to, port, protocol)));

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses(string from, string to, int port, string protocol) =>
        Assert.Equal((false, false), (networks.Plain(from, to, port, protocol), networks.Watched(from, to, port, protocol)));

    /// <summary>The dev stack's network with a canary, without and with the tools.</summary>
    public sealed class Networks : IAsyncLifetime
    {
        internal Func<string, string, int, string, bool> Plain { get; private set; } = null!;

        internal Func<string, string, int, string, bool> Watched { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Plain = Flow(await DevStack.DeclareAsync("canaryVersion=v2"));
            Watched = Flow(await DevStack.DeclareAsync("canaryVersion=v2", "observability=true"));
        }

        public Task DisposeAsync() => Task.CompletedTask;

        private static Func<string, string, int, string, bool> Flow(DevStack stack)
        {
            var policies = stack.OfType("kubernetes:networking.k8s.io/v1:NetworkPolicy").Select(policy => policy.Inputs);
            var pods = stack.OfType("kubernetes:apps/v1:Deployment").Select(PodOf);
            var (network, endpoints) = (new PolicedNetwork([.. policies]), pods.Concat(Others).ToDictionary(endpoint => endpoint.Name));
            return (from, to, port, protocol) => network.Lets(endpoints[from], endpoints[to], port, protocol);
        }

        private static Endpoint PodOf(Gopherctl.Program.Evaluation.DeclaredResource deployment)
        {
            var labels = deployment.Inputs["spec"]!["template"]!["metadata"]!["labels"]!.AsObject();
            return Endpoint.Pod(
                deployment.Name,
                (string)deployment.Inputs["metadata"]!["namespace"]!,
                [.. labels.Select(label => (label.Key, (string)label.Value!))]);
        }
    }
}

/// <summary>
/// A network that enforces NetworkPolicies as Kubernetes documents them
/// (https://kubernetes.io/docs/concepts/services-networking/network-policies/). It refuses fields that it does not know, so that no rule is
/// overlooked.
/// </summary>
/// <param name="policies">The objects, each with its metadata and spec.</param>
internal sealed class PolicedNetwork(IReadOnlyList<JsonObject> policies)
{
    /// <summary>Whether a connection is possible: the one side may send it, and the other accepts it.</summary>
    public bool Lets(Endpoint from, Endpoint to, int port, string protocol) =>
        Passes("Egress", from, to, port, protocol) && Passes("Ingress", to, from, port, protocol);

    // A direction for which no policy selects the pod is open; otherwise one matching rule of the selecting policies is enough.
    private bool Passes(string direction, Endpoint pod, Endpoint other, int port, string protocol)
    {
        var selecting = policies.Where(policy => Selects(policy, direction, pod)).ToList();
        var rules = from policy in selecting
                    from rule in Rules(policy, direction)
                    select Peers(rule, direction).IsMet(peer => IsPeer(peer, other, NamespaceOf(policy)))
                        && Ports(rule).IsMet(item => IsPort(item, port, protocol));
        return selecting.Count == 0 || rules.Any(isMet => isMet);
    }

    private static bool Selects(JsonObject policy, string direction, Endpoint pod) =>
        pod.Namespace == NamespaceOf(policy)
        && policy["spec"]!["policyTypes"]!.AsArray().Any(type => (string)type! == direction)
        && LabelSelector.Matches(policy["spec"]!["podSelector"]!, pod.Labels);

    private static string NamespaceOf(JsonObject policy) => (string)policy["metadata"]!["namespace"]!;

    private static IEnumerable<JsonObject> Rules(JsonObject policy, string direction) =>
        Items(policy["spec"]![direction == "Egress" ? "egress" : "ingress"]);

    private static Alternatives Peers(JsonObject rule, string direction) =>
        new(Items(Only(rule, "from", "to", "ports")[direction == "Egress" ? "to" : "from"]));

    private static Alternatives Ports(JsonObject rule) => new(Items(rule["ports"]));

    // Without a selector of namespaces, the peer is a pod of the policy's own namespace.
    private static bool IsPeer(JsonObject peer, Endpoint other, string home)
    {
        var (spaces, pods) = (Only(peer, "namespaceSelector", "podSelector")["namespaceSelector"], peer["podSelector"]);
        return other.Namespace is not null
            && (spaces is null ? other.Namespace == home : LabelSelector.Matches(spaces, other.NamespaceLabels))
            && (pods is null || LabelSelector.Matches(pods, other.Labels));
    }

    private static bool IsPort(JsonObject item, int port, string protocol) =>
        (long)Only(item, "port", "protocol")["port"]! == port && (string)item["protocol"]! == protocol;

    private static IEnumerable<JsonObject> Items(JsonNode? list) => list?.AsArray().Select(item => item!.AsObject()) ?? [];

    private static JsonObject Only(JsonObject map, params string[] known) =>
        map.All(member => known.Contains(member.Key)) ? map : throw new NotSupportedException($"in a NetworkPolicy: {map.ToJsonString()}");

    /// <summary>A list of alternatives; an empty list matches everything.</summary>
    private sealed record Alternatives(IEnumerable<JsonObject> Items)
    {
        public bool IsMet(Func<JsonObject, bool> condition) => !Items.Any() || Items.Any(condition);
    }
}

/// <summary>One side of a connection.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Namespace">The pod's namespace; null for a node or a host outside the cluster.</param>
/// <param name="Labels">The pod's labels.</param>
internal sealed record Endpoint(string Name, string? Namespace, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>The namespace's labels: the one that Kubernetes itself gives it, and no other.</summary>
    public IReadOnlyDictionary<string, string> NamespaceLabels =>
        Namespace is null ? NoLabels : Label(("kubernetes.io/metadata.name", Namespace));

    private static IReadOnlyDictionary<string, string> NoLabels { get; } = new Dictionary<string, string>();

    /// <summary>A pod.</summary>
    public static Endpoint Pod(string name, string @namespace, params (string Key, string Value)[] labels) =>
        new(name, @namespace, Label(labels));

    /// <summary>What no policy can select.</summary>
    public static Endpoint NoPod(string name) => new(name, null, NoLabels);

    private static Dictionary<string, string> Label(params (string Key, string Value)[] labels) =>
        labels.ToDictionary(label => label.Key, label => label.Value);
}

/// <summary>A selector by labels; one without any selects everything.</summary>
internal static class LabelSelector
{
    public static bool Matches(JsonNode selector, IReadOnlyDictionary<string, string> labels) =>
        selector.AsObject().All(member => member.Key == "matchLabels"
            ? member.Value!.AsObject().All(label => labels.GetValueOrDefault(label.Key) == (string)label.Value!)
            : throw new NotSupportedException($"in a selector: {selector.ToJsonString()}"));
}

/// <summary>The network of the flow tests: what Kubernetes' documentation says of policies.</summary>
public class PolicedNetworkTests
{
    private const string Both = """ "policyTypes":["Ingress","Egress"] """;

    private static readonly Endpoint A = Endpoint.Pod("a", "home", ("app", "a"));
    private static readonly Endpoint B = Endpoint.Pod("b", "home", ("app", "b"));
    private static readonly Endpoint Stranger = Endpoint.Pod("stranger", "away", ("app", "a"));
    private static readonly Endpoint Outside = Endpoint.NoPod("outside");

    [Fact]
    public void Is_open_without_policies() => Assert.True(With().Lets(A, B, 80, "TCP"));

    [Fact]
    public void Closes_the_directions_that_a_policy_names()
    {
        var network = With("""{"podSelector":{"matchLabels":{"app":"b"} },"policyTypes":["Ingress"]}""");
        Assert.False(network.Lets(A, B, 80, "TCP"));
        Assert.True(network.Lets(B, A, 80, "TCP"));
        Assert.True(network.Lets(A, Outside, 80, "TCP"));
    }

    [Fact]
    public void Needs_the_permission_of_both_sides()
    {
        string[] closed = [$$"""{"podSelector":{},{{Both}}}"""];
        string[] outOfA = [.. closed, $$"""{"podSelector":{"matchLabels":{"app":"a"} },{{Both}},"egress":[{}]}"""];
        string[] intoB = [.. outOfA, $$"""{"podSelector":{"matchLabels":{"app":"b"} },{{Both}},"ingress":[{}]}"""];

        Assert.Equal([false, false, true], new[] { closed, outOfA, intoB }.Select(specs => With(specs).Lets(A, B, 80, "TCP")));
    }

    [Theory]
    [InlineData("""{"from":[{"podSelector":{"matchLabels":{"app":"a"} } }]}""", true, false)]
    [InlineData("""{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"away"} } }]}""", false, true)]
    [InlineData("""{"from":[{"namespaceSelector":{},"podSelector":{"matchLabels":{"app":"a"} } }]}""", true, true)]
    [InlineData("""{"ports":[{"port":80,"protocol":"TCP"}]}""", true, true)]
    [InlineData("""{"ports":[{"port":81,"protocol":"TCP"}]}""", false, false)]
    [InlineData("""{"ports":[{"port":80,"protocol":"UDP"}]}""", false, false)]
    public void Lets_in_the_callers_that_a_rule_names(string rule, bool a, bool stranger)
    {
        var network = With($$"""{"podSelector":{"matchLabels":{"app":"b"} },"policyTypes":["Ingress"],"ingress":[{{rule}}]}""");
        Assert.Equal((a, stranger), (network.Lets(A, B, 80, "TCP"), network.Lets(Stranger, B, 80, "TCP")));
    }

    [Theory]
    [InlineData("""{"from":[{"ipBlock":{"cidr":"0.0.0.0/0"} }]}""")]
    [InlineData("""{"ports":[{"port":80,"endPort":90,"protocol":"TCP"}]}""")]
    [InlineData("""{"from":[{"podSelector":{"matchExpressions":[]} }]}""")]
    public void Refuses_what_it_does_not_know(string rule) => Assert.Throws<NotSupportedException>(
        () => With($$"""{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{{rule}}]}""").Lets(A, B, 80, "TCP"));

    private static PolicedNetwork With(params string[] specs) =>
        new([.. specs.Select(spec => (JsonObject)JsonNode.Parse($$"""{"metadata":{"namespace":"home"},"spec":{{spec}}}""")!)]);
}
