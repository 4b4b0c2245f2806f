using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A policy lets in, and keeps out, those whom it is meant for: NetworkPolicies and AuthorizationPolicies say the same.</summary>
internal static class PolicyBreadth
{
    /// <summary>A warning: what is wider than needed still works.</summary>
    public static PolicyRule Wide { get; } = new(
        "wide-policy", Severity.Warning, "A policy lets in no more than the callers that are meant, to the ports that they call.",
        stack => stack.OfKind("NetworkPolicy").SelectMany(OfPeers).Concat(OfCallers(stack)).Concat(OpenPolicies.Authorizations(stack).Where(OpenPolicies.Allows).SelectMany(policy => OfSources(stack, policy))));

    /// <summary>Whether a policy refuses whatever comes.</summary>
    public static bool DeniesAll(RenderedManifest policy) =>
        policy.Body.Text("spec.action") == "DENY" && policy.Body.Items("spec.rules").Any(rule => !rule.Items("from").Any() && !rule.Items("to").Any() && !rule.Items("when").Any());

    /// <summary>What <c>open-policy</c> asks of policies that deny: they come before every one that allows (istio.io, "Authorization Policy").</summary>
    public static IEnumerable<Violation> OfDenials(RenderedStack stack)
    {
        foreach (var policy in OpenPolicies.Authorizations(stack).Where(policy => policy.Body.Text("spec.action") == "DENY"))
        {
            var isForAll = policy.Body.At("spec.selector") is null;
            if (DeniesAll(policy))
            {
                yield return new(policy.Manifest.DisplayName, $"it refuses every request of {(isForAll ? $"every pod of {policy.Space}" : "its pods")}: DENY comes before what others allow", "Use ALLOW without rules to refuse what no other policy allows.");
            }

            if (!policy.Body.Items("spec.rules").Any())
            {
                yield return new(policy.Manifest.DisplayName, "it denies nothing: its action is DENY, and it has no rules", "Use ALLOW without rules to refuse what no other policy allows.");
            }

            foreach (var allowing in OpenPolicies.Authorizations(stack).Where(other => OpenPolicies.Allows(other) && other.Space == policy.Space && (isForAll || JsonNode.DeepEquals(other.Body.At("spec.selector"), policy.Body.At("spec.selector")))))
            {
                foreach (var rule in allowing.Body.Items("spec.rules").Where(rule => policy.Body.Items("spec.rules").Any(denied => denied is JsonObject { Count: > 0 } parts
                    && parts.All(part => JsonNode.DeepEquals(part.Value, rule.Member(part.Key))))))
                {
                    yield return new(policy.Manifest.DisplayName, $"it refuses what {allowing.Manifest.DisplayName} allows: DENY comes first", "Remove the rule from one of them.");
                }
            }
        }
    }

    /// <summary>Whether two peers stand where one was meant: the pods of a namespace are one peer with both selectors (Kubernetes, "Network Policies").</summary>
    public static bool IsSplit(JsonNode rule, string peers) =>
        rule.Items(peers).Any(peer => peer.At("namespaceSelector") is not null && peer.At("podSelector") is null) && rule.Items(peers).Any(IsOfPodsAlone);

    /// <summary>Whether a peer is pods of the policy's own namespace.</summary>
    public static bool IsOfPodsAlone(JsonNode peer) => peer.At("namespaceSelector") is null && peer.At("podSelector") is JsonObject selector && !LabelSelector.TakesAll(selector);

    private static IEnumerable<Violation> OfPeers(RenderedManifest policy)
    {
        foreach (var (direction, peers) in ((string, string)[])[("ingress", "from"), ("egress", "to")])
        {
            foreach (var (index, rule) in policy.Body.Items($"spec.{direction}").Index())
            {
                var path = $"spec.{direction}[{index}]";
                if (IsSplit(rule, peers))
                {
                    yield return new(
                        policy.Manifest.DisplayName, $"{path}.{peers} has a namespaceSelector and a podSelector as two peers, of which one is enough: all pods of that namespace, or such pods of {policy.Space}",
                        "Write both selectors in one peer.");
                }

                foreach (var peer in rule.Items(peers).Where(peer => peer.At("namespaceSelector") is { } spaces && LabelSelector.TakesAll(spaces)))
                {
                    yield return new(policy.Manifest.DisplayName, $"{path}.{peers} takes {(peer.At("podSelector") is null ? "all" : "such")} pods of every namespace", "Name the namespace by kubernetes.io/metadata.name.");
                }

                // A policy for all pods of a namespace may be for a whole namespace of others, too.
                var isForSome = !LabelSelector.TakesAll(policy.Body.At("spec.podSelector"));
                foreach (var space in rule.Items(peers).Where(peer => isForSome && LabelSelector.TakesAll(peer.At("podSelector"))).Select(peer => peer.At("namespaceSelector.matchLabels").Member("kubernetes.io/metadata.name").AsText()).OfType<string>())
                {
                    yield return new(policy.Manifest.DisplayName, $"{path}.{peers} takes every pod of {space}", "Name the pods in podSelector.");
                }

                if ((isForSome || direction == "egress") && rule.Items(peers).Any() && (rule.Items("ports").Any(port => port.At("port") is null) || (direction == "egress" && !rule.Items("ports").Any())))
                {
                    yield return new(policy.Manifest.DisplayName, $"{path} is for every port", "Name the ports.");
                }

                // Names are asked of whoever answers them.
                if (direction == "egress" && !rule.Items(peers).Any() && !(rule.Items("ports").Any() && rule.Items("ports").All(port => port.Number("port") == 53)))
                {
                    yield return new(policy.Manifest.DisplayName, $"{path} lets its pods call {(rule.Items("ports").Any() ? "these ports of everybody" : "everything")}", "Name whom they call in to.");
                }

                if (direction == "egress" && rule.Items(peers).Any(peer => peer.Text("ipBlock.cidr") is "0.0.0.0/0" or "::/0"))
                {
                    yield return new(policy.Manifest.DisplayName, $"{path} lets its pods call any address", "Name pods, namespaces or narrower blocks.");
                }
            }
        }
    }

    // Whom the proxy would refuse has no business at the port.
    private static IEnumerable<Violation> OfCallers(RenderedStack stack) =>
        from called in Pods.In(stack)
        from service in called.Services(stack)
        let host = MeshHost.Qualify(service.Manifest.Name, service.Space)
        let allowed = MeshScope.AllowedAt(stack, host)
        where allowed is not null
        from port in called.Containers.SelectMany(container => container.Body.Items("ports")).Select(port => port.At("containerPort")?.ToJsonString()).OfType<string>()
        from caller in Pods.In(stack).Select(pods => (Name: pods.Workload, pods.Manifest.Space, pods.Labels, Account: pods.Spec.Text("serviceAccountName") ?? "default"))
            .Concat(stack.Releases.Where(release => release.Labels.Count > 0).Select(release => (Name: release.DisplayName, release.Space, release.Labels, release.Account)))
        let account = $"{caller.Space}/{caller.Account}"
        where !allowed.Contains(account) && NetworkReach.IsLetIn(stack, called, caller.Space, caller.Labels, port)
        select new Violation(called.Workload, $"NetworkPolicies let {caller.Name} reach its port {port}, and no AuthorizationPolicy lets {account} call it", "Let both name the same callers.");

    private static IEnumerable<Violation> OfSources(RenderedStack stack, RenderedManifest policy)
    {
        foreach (var (index, rule) in policy.Body.Items("spec.rules").Index())
        {
            var sources = rule.Items("from").Select(from => from.At("source")).ToList();
            foreach (var principal in sources.SelectMany(source => source.Texts("principals")).Where(principal => principal.Length > 1 && principal.Contains('*', StringComparison.Ordinal)))
            {
                yield return new(policy.Manifest.DisplayName, $"spec.rules[{index}] takes every caller whose principal is like {principal}", "Name the callers.");
            }

            foreach (var source in sources.Where(source => source is JsonObject { Count: > 0 } members && members.All(member => member.Key.StartsWith("not", StringComparison.Ordinal))))
            {
                yield return new(policy.Manifest.DisplayName, $"spec.rules[{index}] takes every caller but those of {string.Join(" and ", (source as JsonObject)!.Select(member => member.Key))}", "Name the callers in principals.");
            }

            foreach (var space in sources.Where(source => source is JsonObject { Count: > 0 } && source.At("principals") is null).SelectMany(source => source.Texts("namespaces")))
            {
                yield return new(policy.Manifest.DisplayName, $"spec.rules[{index}] takes every caller of the namespace {space}", "Name the callers in principals.");
            }

            var ports = Pods.In(stack).Where(pods => pods.Manifest.Space == policy.Space && policy.Body.At("spec.selector.matchLabels") is JsonObject labels && pods.Have(labels))
                .SelectMany(pods => pods.Containers).SelectMany(container => container.Body.Items("ports")).Select(port => port.At("containerPort")?.ToJsonString()).Distinct().ToList();
            if (sources.Count > 0 && ports.Count > 1 && (!rule.Items("to").Any() || rule.Items("to").Any(to => !to.At("operation").Texts("ports").Any() && !to.At("operation").Texts("paths").Any())))
            {
                yield return new(policy.Manifest.DisplayName, $"spec.rules[{index}] lets its callers call every port of its pods: {string.Join(", ", ports)}", "Name the port in to.operation.ports.");
            }
        }
    }
}
