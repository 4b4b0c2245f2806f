using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Security.Network;

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
