using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What NetworkPolicies let through: Kubernetes adds up the policies that select a pod, and refuses what none of them allows in a direction that
/// one of them is about (Kubernetes, "Network Policies").
/// </summary>
internal static class NetworkReach
{
    private const string Ingress = "Ingress";
    private const string Egress = "Egress";
    private const long Dns = 53;

    // istio.io, "Ports used by Istio": where proxies get their configuration and certificates.
    private const long Istiod = 15012;

    public static PolicyRule Needs { get; } = new(
        "network-needs", Severity.Error, "NetworkPolicies let pods resolve names, proxies reach istiod, and callers reach what an AuthorizationPolicy lets them call.",
        stack => Pods.In(stack).SelectMany(pods => OfNames(stack, pods).Concat(OfProxies(stack, pods))).Concat(OfCallers(stack)));

    /// <summary>Kubernetes, "Network Policies", default policies; EKS best practices, "Network Security".</summary>
    public static PolicyRule Default { get; } = new(
        "default-deny", Severity.Warning, "Where NetworkPolicies are, one of them refuses what no other names, in both directions.", OfDefaults);

    /// <summary>Why pods do not reach a port of others; null where nothing speaks against it.</summary>
    /// <param name="stack">The stack.</param>
    /// <param name="pods">Those that call.</param>
    /// <param name="space">The namespace of those that are called.</param>
    /// <param name="labels">Their labels; null where they are not known.</param>
    /// <param name="port">The port of a pod.</param>
    public static string? Obstacle(RenderedStack stack, Pods pods, string space, JsonObject? labels, string port) =>
        Obstacle(stack, pods.Manifest.Space, pods.Labels, pods.Workload, space, labels, port);

    /// <summary>The same, of callers that a chart makes.</summary>
    public static string? Obstacle(RenderedStack stack, string home, JsonObject? own, string who, string space, JsonObject? labels, string number)
    {
        if (!long.TryParse(number, out var parsed))
        {
            return null;
        }

        var port = new Port(parsed, "TCP", labels is null ? null : Pods.In(stack).Where(pods => pods.Manifest.Space == space && JsonNode.DeepEquals(pods.Labels, labels)).Select(pods => NameOf(pods, number)).FirstOrDefault());
        return Refuses(stack, space, labels, Ingress, new Peer(home, own), port) ? $"no NetworkPolicy of {space} lets {who} in"
            : Refuses(stack, home, own, Egress, new Peer(space, labels), port) ? $"no NetworkPolicy of {home} lets {who} out to it"
            : null;
    }

    /// <summary>Whether a NetworkPolicy lets pods into a port of others by name: not one that is open to all.</summary>
    public static bool IsLetIn(RenderedStack stack, Pods called, string space, JsonObject labels, string port) => long.TryParse(port, out var number) && Isolating(stack, called, Ingress).Exists(policy =>
        policy.Body.Items("spec.ingress").Any(rule => (!rule.Items("ports").Any() || rule.Items("ports").Any(new Port(number, "TCP", NameOf(called, port)).IsIn))
            && rule.Items("from").Any(named => named.At("ipBlock") is null && new Peer(space, labels).IsIn(stack, policy.Space, named))));

    // Of pods that are not known only a policy for all is about them.
    private static List<RenderedManifest> Isolating(RenderedStack stack, string space, JsonObject? labels, string direction) =>
        [.. stack.OfKind("NetworkPolicy").Where(policy => policy.Space == space && IsAbout(policy, direction)
            && (labels is null ? LabelSelector.TakesAll(policy.Body.At("spec.podSelector")) : LabelSelector.Takes(policy.Body.At("spec.podSelector"), labels)))];

    private static List<RenderedManifest> Isolating(RenderedStack stack, Pods pods, string direction) => Isolating(stack, pods.Manifest.Space, pods.Labels, direction);

    // Without policyTypes a policy is about what goes in, and about what goes out where it has rules for it.
    private static bool IsAbout(RenderedManifest policy, string direction) => policy.Body.At("spec.policyTypes") is not null
        ? policy.Body.Texts("spec.policyTypes").Contains(direction)
        : direction == Ingress || policy.Body.At("spec.egress") is not null;

    private static bool Allows(RenderedStack stack, IEnumerable<RenderedManifest> policies, string direction, Peer peer, Port port) =>
        policies.Any(policy => policy.Body.Items(direction == Ingress ? "spec.ingress" : "spec.egress").Any(rule =>
            (!rule.Items("ports").Any() || rule.Items("ports").Any(port.IsIn))
            && (!rule.Items(direction == Ingress ? "from" : "to").Any() || rule.Items(direction == Ingress ? "from" : "to").Any(named => peer.IsIn(stack, policy.Space, named)))));

    private static IEnumerable<Violation> OfNames(RenderedStack stack, Pods pods)
    {
        var policies = Isolating(stack, pods, Egress);
        var calls = policies.SelectMany(policy => policy.Body.Items("spec.egress")).ToList();
        // Pods that call nobody, or addresses alone, need no names.
        if (!calls.Exists(rule => !rule.Items("to").Any() || rule.Items("to").Any(peer => peer.At("ipBlock") is null)))
        {
            yield break;
        }

        // Auto Mode answers names on the node, where no selector finds a pod (aws/containers-roadmap#2552).
        var (peer, place) = EksCluster.In(stack).Any(cluster => cluster.IsAuto) ? (new Peer(null, null), "the node, where Auto Mode answers") : (new Peer("kube-system", null), "kube-system");

        // What does not fit into a datagram is asked for again by TCP (RFC 7766).
        foreach (var protocol in ((string[])["UDP", "TCP"]).Where(protocol => !Allows(stack, policies, Egress, peer, new Port(Dns, protocol, "dns"))).Take(1))
        {
            yield return new(pods.Workload, $"no NetworkPolicy lets its pods ask for names{(protocol == "TCP" ? " whose answer is long" : "")} ({protocol} 53 of {place})", "Allow egress to port 53, by UDP and TCP.");
        }
    }

    private static IEnumerable<Violation> OfProxies(RenderedStack stack, Pods pods)
    {
        var policies = Isolating(stack, pods, Egress);
        var space = stack.Releases.FirstOrDefault(release => release.Chart == "istiod")?.Space ?? MeshHost.RootSpace;
        if (policies.Count > 0 && MeshMembers.Has(stack, pods) && !Allows(stack, policies, Egress, new Peer(space, new JsonObject { ["app"] = "istiod" }), new Port(Istiod, "TCP", null)))
        {
            yield return new(pods.Workload, $"no NetworkPolicy lets its proxies reach istiod (TCP {Istiod} of {space}): they get neither routes nor certificates", $"Allow egress to port {Istiod} of istiod's pods.");
        }
    }

    private static IEnumerable<Violation> OfCallers(RenderedStack stack) =>
        from policy in stack.OfKind("AuthorizationPolicy")
        where policy.Body.Text("spec.action") is null or "ALLOW"
        from called in Pods.In(stack)
        where called.Manifest.Space == policy.Space && policy.Body.At("spec.selector.matchLabels") is JsonObject labels && called.Have(labels)
        from rule in policy.Body.Items("spec.rules")
        from account in rule.Items("from").SelectMany(origin => origin.At("source").Texts("principals")).Distinct()
        from caller in Callers(stack, account)
        from number in rule.Items("to").SelectMany(to => to.At("operation").Texts("ports")).Distinct()
        where long.TryParse(number, out _)
        let port = new Port(long.Parse(number, null), "TCP", NameOf(called, number))
        let side = Refuses(stack, called, Ingress, caller.Peer, port) ? called : caller.Pods is { } own && Refuses(stack, own, Egress, new Peer(policy.Space, called.Labels), port) ? own : null
        where side is not null
        select new Violation(policy.Manifest.DisplayName, $"it lets {account} call the port {number} of {called.Workload}, and no NetworkPolicy of {side.Workload} does", "Allow it there as well.");

    private static string? NameOf(Pods pods, string number) =>
        pods.Containers.SelectMany(container => container.Body.Items("ports")).FirstOrDefault(own => own.At("containerPort")?.ToJsonString() == number).Text("name");

    private static bool Refuses(RenderedStack stack, Pods pods, string direction, Peer peer, Port port) =>
        Refuses(stack, pods.Manifest.Space, pods.Labels, direction, peer, port);

    private static bool Refuses(RenderedStack stack, string space, JsonObject? labels, string direction, Peer peer, Port port) =>
        Isolating(stack, space, labels, direction) is { Count: > 0 } policies && !Allows(stack, policies, direction, peer, port);

    private static IEnumerable<(Peer Peer, Pods? Pods)> Callers(RenderedStack stack, string account) => account.Split('/') is [_, "ns", var space, "sa", var name]
        ? Pods.In(stack).Where(pods => pods.Manifest.Space == space && pods.Spec.Text("serviceAccountName") == name).Select(pods => (new Peer(space, pods.Labels), (Pods?)pods))
            .Concat(stack.Releases.Where(release => release.Space == space && release.Account == name && release.Labels.Count > 0).Select(release => (new Peer(space, release.Labels), (Pods?)null)))
        : [];

    private static IEnumerable<Violation> OfDefaults(RenderedStack stack) =>
        from space in Pods.In(stack).Select(pods => pods.Manifest.Space).Distinct()
        let policies = stack.OfKind("NetworkPolicy").Where(policy => policy.Space == space).ToList()
        from direction in (string[])[Ingress, Egress]
        where policies.Count > 0 && !policies.Exists(policy => IsAbout(policy, direction) && LabelSelector.TakesAll(policy.Body.At("spec.podSelector"))
            && !policy.Body.Items(direction == Ingress ? "spec.ingress" : "spec.egress").Any())
        select new Violation(
            $"Namespace {space}", $"no NetworkPolicy refuses by itself what {(direction == Ingress ? "comes into" : "leaves")} its pods: a pod of which the others do not speak is open",
            $"Declare one with an empty podSelector and policyTypes [Ingress, Egress], and no rules.");

    /// <summary>Pods at the other end, as far as they are known.</summary>
    /// <param name="Space">Their namespace; null for an address of a node.</param>
    /// <param name="Labels">Their labels; null for any.</param>
    private sealed record Peer(string? Space, JsonObject? Labels)
    {
        public bool IsIn(RenderedStack stack, string home, JsonNode named)
        {
            // Which pods have an address is not known here.
            if (named.At("ipBlock") is not null)
            {
                return true;
            }

            var isInSpace = named.At("namespaceSelector") is { } spaces ? LabelSelector.TakesAll(spaces) || IsSpace(stack, spaces) : Space == home;
            return Space is not null && isInSpace && (Labels is null || LabelSelector.Takes(named.At("podSelector"), Labels));
        }

        // Every namespace has its name as a label; of one that is not declared no other label is known.
        private bool IsSpace(RenderedStack stack, JsonNode selector)
        {
            const string Name = "kubernetes.io/metadata.name";
            if (stack.OfKind("Namespace").FirstOrDefault(declared => declared.Manifest.Name == Space) is { } space)
            {
                var labels = (space.Body.At("metadata.labels")?.DeepClone() as JsonObject) ?? [];
                labels[Name] = Space;
                return LabelSelector.Takes(selector, labels);
            }

            return (selector.At("matchLabels") as JsonObject)?[Name].AsText() is not { } named || named == Space;
        }
    }

    /// <summary>A port that is called.</summary>
    private sealed record Port(long Number, string Protocol, string? Name)
    {
        public bool IsIn(JsonNode named)
        {
            var first = named.Number("port");
            return (named.Text("protocol") ?? "TCP") == Protocol
                && (named.At("port") is null || first == Number || (first <= Number && named.Number("endPort") >= Number) || (Name is not null && named.Text("port") == Name));
        }
    }
}
