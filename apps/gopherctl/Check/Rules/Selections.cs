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

    public static PolicyRule Mesh { get; } = new(
        "idle-selector", Severity.Error, "An object of Istio's that selects pods selects some, and says something of them.", stack => OfMesh(stack).Concat(OfContexts(stack)))
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

            if (service.Body.At("spec.selector") is null or JsonObject { Count: 0 } && service.Body.Text("spec.type") != "ExternalName" && PodsOf(stack, service.Space).Count > 0
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

            foreach (var type in ((string[])["Ingress", "Egress"]).Where(type => policy.Body.Items($"spec.{type.ToLowerInvariant()}").Any() && policy.Body.At("spec.policyTypes") is not null && !policy.Body.Texts("spec.policyTypes").Contains(type)))
            {
                yield return new(policy.Manifest.DisplayName, $"spec.{type.ToLowerInvariant()} has no effect: policyTypes is without {type}", $"Add {type} to policyTypes.");
            }

            // Two peers in place of one have a finding of their own (wide-policy).
            var split = policy.Body.Walk().Where(found => PolicyBreadth.IsSplit(found.Node, "from") || PolicyBreadth.IsSplit(found.Node, "to")).SelectMany(found => found.Node.Items("from").Concat(found.Node.Items("to"))).Where(PolicyBreadth.IsOfPodsAlone).ToHashSet();
            foreach (var (path, peer) in policy.Body.Walk().Where(found => found.Node.At("podSelector.matchLabels") is not null && found.Path.Contains("gress[", StringComparison.Ordinal) && !split.Contains(found.Node)))
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

    // The pods that Istio's charts make in a namespace, by their labels; null where other charts make some there, or none does.
    private static List<JsonObject>? ChartPods(RenderedStack stack, string space)
    {
        var releases = stack.Releases.Where(release => release.Space == space && release.Chart != "base").ToList();
        return releases.Count == 0 || releases.Exists(release => !(release.Chart == "istiod" || (release.Chart == "gateway" && release.Labels.Count > 0))) ? null
            : [.. releases.Select(release => release.Chart == "istiod" ? new JsonObject { ["app"] = "istiod", ["istio"] = "pilot" } : release.Labels)];
    }

    // istio.io, reference of EnvoyFilter, PatchContext: a gateway's proxy has no sidecar's listeners, and the other way round.
    private static IEnumerable<Violation> OfContexts(RenderedStack stack) =>
        from filter in stack.OfKind("EnvoyFilter")
        let labels = filter.Body.At("spec.workloadSelector.labels") as JsonObject
        where labels is { Count: > 0 }
        let isGateway = stack.Releases.Any(release => release.Chart == "gateway" && release.Labels.Count > 0 && LabelSelector.Has(release.Labels, labels))
        let isSidecar = Pods.In(stack).Any(pods => pods.Have(labels))
        from patch in filter.Body.Items("spec.configPatches").Index()
        let context = patch.Item.Text("match.context") ?? "ANY"
        where (isGateway && !isSidecar && context.StartsWith("SIDECAR", StringComparison.Ordinal)) || (isSidecar && !isGateway && context == "GATEWAY")
        select new Violation(filter.Manifest.DisplayName, $"spec.configPatches[{patch.Index}] is for {context}, and the pods that it selects are {(isGateway ? "a gateway's" : "no gateway's")}: it has no effect", "Name the context of its pods.");

    // What is in the root namespace selects pods of every namespace (istio.io, reference of WorkloadSelector).
    private static IEnumerable<Violation> OfMesh(RenderedStack stack) =>
        from manifest in stack.Manifests
        where Selecting.Contains(manifest.Manifest.Kind) && manifest.Manifest.ApiVersion.Contains("istio.io/", StringComparison.Ordinal)
        let labels = (manifest.Body.At("spec.selector.matchLabels") ?? manifest.Body.At("spec.workloadSelector.labels")) as JsonObject
        where labels is { Count: > 0 }
        let isForAll = manifest.Space == MeshHost.Root(stack)
        let known = Pods.In(stack).Where(pods => isForAll || pods.Manifest.Space == manifest.Space).Select(pods => pods.Labels).Concat(ChartPods(stack, manifest.Space) ?? []).ToList()
        where (isForAll ? ChartPods(stack, manifest.Space) is not null : PodsOf(stack, manifest.Space).Count > 0) && !known.Exists(own => LabelSelector.Has(own, labels))
        select new Violation(manifest.Manifest.DisplayName, $"it selects no declared pod: {labels.ToJsonString()}", "Give it the labels of pods of its namespace.");
}
