using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Security.Network;

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
