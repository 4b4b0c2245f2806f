using GopherMesh.Tests.Unit.Eks;

namespace GopherMesh.Tests.Unit.Security.Network;

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
