using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What selects pods by their labels selects some. Pods that charts make are known to Helm alone, so a selector is judged only in a namespace
/// where pods are declared.
/// </summary>
internal static class Selections
{
    private static readonly string[] Selecting = ["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "Telemetry", "Sidecar", "EnvoyFilter", "WasmPlugin", "ProxyConfig"];

    public static PolicyRule Services { get; } = new(
        "service-target", Severity.Error, "A Service has pods with the port that it sends to, of one Service each, and is not a NodePort.",
        stack => OfServices(stack).Concat(OfShared(stack)))
    {
        Others = "kube-score service-targets-pod, service-type; kube-linter dangling-service, exposed-services, invalid-target-ports; istioctl IST0116, IST0137",
    };

    public static PolicyRule NetworkPolicies { get; } = new(
        "network-policy", Severity.Error, "A NetworkPolicy selects every pod, and each policy and each of its peers selects a declared pod.",
        stack => OfIsolation(stack).Concat(OfPolicies(stack)))
    {
        Others = "kube-score pod-networkpolicy, networkpolicy-targets-pod; kube-linter non-isolated-pod, dangling-networkpolicy, dangling-networkpolicypeer-podselector; checkov CKV2_K8S_6",
    };

    public static PolicyRule Budgets { get; } = new(
        "disruption-budget", Severity.Error, "Replicated pods have a disruption budget, which allows the eviction of some of them.",
        stack => OfUnbudgeted(stack).Concat(stack.OfKind("PodDisruptionBudget").SelectMany(budget => OfBudget(stack, budget))).Concat(Charts.OfBudgets(stack)))
    {
        Others = "kube-score deployment-has-poddisruptionbudget, statefulset-has-poddisruptionbudget, poddisruptionbudget-has-policy; kube-linter pdb-max-unavailable, pdb-min-available, pdb-unhealthy-pod-eviction-policy",
    };

    public static PolicyRule Mesh { get; } = new(
        "idle-selector", Severity.Error, "An object of Istio's that selects pods selects some.", OfMesh)
    {
        Others = "istioctl IST0127",
    };

    private static IReadOnlyList<Pods> PodsOf(RenderedStack stack, string space) => [.. Pods.In(stack).Where(pods => pods.Manifest.Space == space)];

    private static bool Selects(JsonNode? selector, Pods pods) => LabelSelector.Takes(selector, pods.Labels);

    private static IEnumerable<Violation> OfServices(RenderedStack stack)
    {
        foreach (var service in stack.OfKind("Service"))
        {
            if (service.Body.Text("spec.type") == "NodePort")
            {
                yield return new(service.Manifest.DisplayName, "it opens a port of every node", "Use ClusterIP, and a gateway for callers from outside.");
            }

            if (service.Body.Items("spec.externalIPs").Any())
            {
                yield return new(service.Manifest.DisplayName, "it takes over the addresses of externalIPs for the whole cluster (CVE-2020-8554)", "Use a gateway or a load balancer.");
            }

            if (service.Body.Flag("spec.publishNotReadyAddresses") == true)
            {
                yield return new(service.Manifest.DisplayName, "it sends requests to pods that are not ready", "Leave publishNotReadyAddresses out.");
            }

            if (service.Body.At("spec.selector") is null && service.Body.Text("spec.type") != "ExternalName" && PodsOf(stack, service.Space).Count > 0
                && !stack.Manifests.Any(slice => slice.Manifest.Kind is "Endpoints" or "EndpointSlice" && slice.Space == service.Space))
            {
                yield return new(service.Manifest.DisplayName, "it has no selector, so no pods", "Give it the labels of its pods.");
            }

            if (service.Body.At("spec.selector") is not JsonObject { Count: > 0 } selector || PodsOf(stack, service.Space) is not { Count: > 0 } all)
            {
                continue;
            }

            var pods = all.Where(candidate => candidate.Have(selector)).ToList();
            if (pods.Count == 0)
            {
                yield return new(service.Manifest.DisplayName, $"it selects no declared pod: {selector.ToJsonString()}", "Give it the labels of its pods.");
            }

            foreach (var port in service.Body.Items("spec.ports").Where(_ => pods.Count > 0))
            {
                var target = port.Member("targetPort") ?? port.Member("port");
                if (!pods.Exists(candidate => candidate.Containers.Any(container => container.Body.Items("ports")
                    .Any(own => JsonNode.DeepEquals(own.Member("containerPort"), target) || JsonNode.DeepEquals(own.Member("name"), target)))))
                {
                    yield return new(service.Manifest.DisplayName, $"it sends to the port {target?.ToJsonString()}, which none of its pods has", "Name one of their ports.");
                }
            }
        }
    }

    // Envoy has one listener for a port of a pod, whichever Service sends to it.
    private static IEnumerable<Violation> OfShared(RenderedStack stack) =>
        from pods in Pods.In(stack)
        let ports = (from service in pods.Services(stack)
                     from port in service.Body.Items("spec.ports")
                     select (Service: service, Target: port.Member("targetPort")?.ToJsonString() ?? "", Port: port.Member("port")?.ToJsonString() ?? "")).ToList()
        from shared in ports.GroupBy(port => port.Target)
        where shared.DistinctBy(port => port.Service.Manifest.DisplayName).Count() > 1 && shared.DistinctBy(port => port.Port).Count() > 1
        select new Violation(
            shared.Last().Service.Manifest.DisplayName,
            $"it and {shared.First().Service.Manifest.DisplayName} send to the port {shared.Key} of the same pods from different ports: {string.Join(", ", shared.Select(port => port.Port))}",
            "Use the same port, or one Service.");

    private static IEnumerable<Violation> OfIsolation(RenderedStack stack) =>
        from pods in Pods.In(stack)
        where !stack.OfKind("NetworkPolicy").Any(policy => policy.Space == pods.Manifest.Space && Selects(policy.Body.At("spec.podSelector"), pods))
        select new Violation(pods.Workload, "no NetworkPolicy selects its pods: everything reaches them, and they reach everything", "Declare one in its namespace.");

    private static IEnumerable<Violation> OfPolicies(RenderedStack stack)
    {
        foreach (var policy in stack.OfKind("NetworkPolicy"))
        {
            var pods = PodsOf(stack, policy.Space);
            if (pods.Count > 0 && !pods.Any(candidate => Selects(policy.Body.At("spec.podSelector"), candidate)))
            {
                yield return new(policy.Manifest.DisplayName, "it is about no declared pod", "Give spec.podSelector the labels of pods.");
            }

            foreach (var (path, peer) in policy.Body.Walk().Where(found => found.Node.At("podSelector.matchLabels") is not null && found.Path.Contains("gress[", StringComparison.Ordinal)))
            {
                // By the label that every namespace has; another selector of namespaces may mean any.
                var space = peer.At("namespaceSelector") is { } spaces ? (spaces.At("matchLabels") as JsonObject)?["kubernetes.io/metadata.name"].AsText() : policy.Space;
                if (space is not null && PodsOf(stack, space) is { Count: > 0 } peers && !peers.Any(candidate => Selects(peer.At("podSelector"), candidate)))
                {
                    yield return new(policy.Manifest.DisplayName, $"{path} selects no declared pod of {space}", "Give it the labels of pods.");
                }
            }
        }
    }

    private static IEnumerable<Violation> OfUnbudgeted(RenderedStack stack) =>
        from pods in Pods.In(stack)
        where pods.Manifest.Manifest.Kind is "Deployment" or "StatefulSet" && Availability.LeastPods(stack, pods) > 1
        where !stack.OfKind("PodDisruptionBudget").Any(budget => budget.Space == pods.Manifest.Space && Selects(budget.Body.At("spec.selector"), pods))
        select new Violation(pods.Workload, "no disruption budget selects its pods: draining nodes may evict all of them at once", "Declare a PodDisruptionBudget with its labels.");

    private static IEnumerable<Violation> OfBudget(RenderedStack stack, RenderedManifest budget)
    {
        var (most, least) = (budget.Body.At("spec.maxUnavailable")?.ToJsonString().Trim('"'), budget.Body.At("spec.minAvailable")?.ToJsonString().Trim('"'));
        var pods = PodsOf(stack, budget.Space);
        var selected = pods.Where(candidate => Selects(budget.Body.At("spec.selector"), candidate)).ToList();
        if (most is null && least is null)
        {
            yield return new(budget.Manifest.DisplayName, "it has neither maxUnavailable nor minAvailable", "Set maxUnavailable to 1.");
        }

        if (most is "0" or "0%" || least == "100%" || (long.TryParse(least, out var number) && selected.Exists(own => Availability.LeastPods(stack, own) <= number)))
        {
            yield return new(budget.Manifest.DisplayName, "it never lets a pod go: no node can be drained", "Set maxUnavailable to 1, and minAvailable not at all.");
        }

        if (most == "100%")
        {
            yield return new(budget.Manifest.DisplayName, "maxUnavailable is 100%: it lets all pods go at once", "Set maxUnavailable to 1.");
        }

        if (budget.Body.At("spec.unhealthyPodEvictionPolicy") is null)
        {
            yield return new(budget.Manifest.DisplayName, "without unhealthyPodEvictionPolicy a pod that never became ready keeps its node from being drained", "Set it to AlwaysAllow.");
        }

        if (pods.Count > 0 && selected.Count == 0)
        {
            yield return new(budget.Manifest.DisplayName, "it is about no declared pod", "Give spec.selector the labels of pods.");
        }
    }

    private static IEnumerable<Violation> OfMesh(RenderedStack stack) =>
        from manifest in stack.Manifests
        where Selecting.Contains(manifest.Manifest.Kind) && manifest.Manifest.ApiVersion.Contains("istio.io/", StringComparison.Ordinal)
        let labels = (manifest.Body.At("spec.selector.matchLabels") ?? manifest.Body.At("spec.workloadSelector.labels")) as JsonObject
        where labels is { Count: > 0 } && PodsOf(stack, manifest.Space) is { Count: > 0 } pods && !pods.Any(candidate => candidate.Have(labels))
        select new Violation(manifest.Manifest.DisplayName, $"it selects no declared pod: {labels.ToJsonString()}", "Give it the labels of pods of its namespace.");
}
