using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Policies of access say who may call, and what they name is there.</summary>
internal static class OpenPolicies
{
    // Ports of the sidecar itself (istio.io, "Application Requirements").
    private const long FirstProxyPort = 15000;
    private const long LastProxyPort = 15100;

    private static readonly string[] Everywhere = ["0.0.0.0/0", "::/0"];

    // A cluster makes these itself.
    private static readonly string[] BuiltInNamespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public static PolicyRule Open { get; } = new(
        "open-policy", Severity.Error, "A policy names its callers, what no policy names is refused, and calls out of the mesh are known.",
        stack => OfRules(stack).Concat(PolicyBreadth.OfDenials(stack)).Concat(OfDefaults(stack)).Concat(OfPeers(stack)).Concat(OfWayOut(stack)).Concat(OfWaysAround(stack)));

    public static PolicyRule Unknown { get; } = new(
        "unknown-caller", Severity.Error, "A caller, port or method that a policy names is there.",
        stack => OfPrincipals(stack).Concat(OfTrust(stack)).Concat(OfNamespaces(stack)).Concat(OfAuthorizedPorts(stack)).Concat(OfNetworkPorts(stack)).Concat(OfOperations(stack)));

    /// <summary>Istio's policies of access.</summary>
    public static IEnumerable<RenderedManifest> Authorizations(RenderedStack stack) =>
        stack.OfKind("AuthorizationPolicy").Where(policy => policy.Manifest.ApiVersion.StartsWith("security.istio.io/", StringComparison.Ordinal));

    /// <summary>Whether a policy names who may call, as it does without an action.</summary>
    public static bool Allows(RenderedManifest policy) => policy.Body.Text("spec.action") is null or "ALLOW";

    private static IEnumerable<Violation> OfRules(RenderedStack stack)
    {
        foreach (var policy in Authorizations(stack).Where(Allows))
        {
            foreach (var (index, rule) in policy.Body.Items("spec.rules").Index())
            {
                var sources = rule.Items("from").Select(origin => origin.At("source")).ToList();
                if ((sources.Count == 0 && !rule.Items("when").Any()) || sources.Exists(source => (source as JsonObject ?? []).All(part => part.Value is null or JsonArray { Count: 0 })))
                {
                    var named = policy.Body.Items("spec.rules").Index().Where(other => other.Item.Items("from").Any()).Select(other => $"spec.rules[{other.Index}]").FirstOrDefault();
                    yield return new(
                        policy.Manifest.DisplayName, $"spec.rules[{index}] takes every caller, also without a certificate{(named is null ? "" : $", whomever {named} names: one rule is enough")}",
                        named is null ? "Name the callers in from." : "Write from and to in one rule.");
                }

                if (sources.Exists(source => source.Texts("principals").Contains("*")))
                {
                    yield return new(policy.Manifest.DisplayName, $"spec.rules[{index}] takes everybody who has a certificate", "Name the callers in principals.");
                }
            }

            if (policy.Body.Items("spec.rules").Any() && (policy.Body.At("spec.selector.matchLabels") as JsonObject ?? []).Count == 0 && policy.Body.At("spec.targetRefs") is null && PodsOf(stack, policy.Space).DistinctBy(AppOf).Count() > 1)
            {
                yield return new(policy.Manifest.DisplayName, "it allows its callers to reach every pod of the namespace", "Give spec.selector the labels of the pods that they call.");
            }
        }
    }

    // Istio: pods that no ALLOW policy selects take every request.
    private static IEnumerable<Violation> OfDefaults(RenderedStack stack)
    {
        foreach (var space in Authorizations(stack).GroupBy(policy => policy.Space))
        {
            if (space.Any(policy => policy.Body.At("spec.selector") is null && PolicyBreadth.DeniesAll(policy)))
            {
                continue;
            }

            var isClosed = space.Any(policy => Allows(policy) && policy.Body.At("spec.selector") is null && !policy.Body.Items("spec.rules").Any());
            if (!isClosed && space.Any(policy => policy.Body.At("spec.selector") is not null))
            {
                yield return new(space.First().Manifest.DisplayName, $"pods of {space.Key} that no policy selects take every request", "Declare an AuthorizationPolicy without selector and rules beside it.");
            }

            foreach (var pods in PodsOf(stack, space.Key).Where(pods => isClosed && pods.Services(stack).Any()
                && !space.Any(policy => Allows(policy) && policy.Body.Items("spec.rules").Any() && pods.Have(policy.Body.At("spec.selector.matchLabels") as JsonObject ?? []))))
            {
                yield return new(pods.Workload, "a Service selects its pods, and no policy allows anybody to call them", "Declare an AuthorizationPolicy with action ALLOW for its callers.");
            }
        }
    }

    private static IEnumerable<Violation> OfPeers(RenderedStack stack)
    {
        foreach (var policy in stack.OfKind("NetworkPolicy"))
        {
            foreach (var (index, rule) in policy.Body.Items("spec.ingress").Index())
            {
                var peers = rule.Items("from").ToList();
                if (peers.Count == 0)
                {
                    yield return new(policy.Manifest.DisplayName, $"spec.ingress[{index}] takes every caller", "Name the callers in from.");
                }

                if (peers.Exists(peer => Everywhere.Contains(peer.Text("ipBlock.cidr"))))
                {
                    yield return new(policy.Manifest.DisplayName, $"spec.ingress[{index}] takes callers from any address", "Name pods, namespaces or narrower blocks.");
                }

                if (peers.Count > 0 && !rule.Items("ports").Any() && policy.Body.At("spec.podSelector.matchLabels") is JsonObject { Count: > 0 })
                {
                    yield return new(policy.Manifest.DisplayName, $"spec.ingress[{index}] opens every port to its callers", "Name the ports that they call.");
                }
            }
        }
    }

    private static IEnumerable<Violation> OfWayOut(RenderedStack stack) =>
        stack.OfKind("Sidecar").Where(sidecar => sidecar.Body.Text("spec.outboundTrafficPolicy.mode") == "ALLOW_ANY")
            .Select(sidecar => new Violation(sidecar.Manifest.DisplayName, "its pods may call any address", "Set outboundTrafficPolicy to REGISTRY_ONLY."))
            .Concat(ChartValues.Named(stack, "mode").Where(value => value.Path.EndsWith("outboundTrafficPolicy.mode", StringComparison.Ordinal) && value.Node.AsText() == "ALLOW_ANY")
                .Select(value => new Violation(value.Release, $"{value.Path} is ALLOW_ANY: pods may call any address", "Set it to REGISTRY_ONLY.")));

    private static IEnumerable<Violation> OfWaysAround(RenderedStack stack) =>
        from pods in Pods.In(stack)
        from port in pods.Listed("traffic.sidecar.istio.io/excludeInboundPorts")
        where pods.Services(stack).SelectMany(service => service.Body.Items("spec.ports")).Any(own => PortsOf(pods).Any(listened =>
            listened.Number == port && (own.Member("targetPort")?.ToJsonString().Trim('"') ?? port) is var target && (target == port || target == listened.Name)))
        select new Violation(pods.Workload, $"callers of the port {port} reach its pods past the proxy, so without mutual TLS and without a policy", "Leave it out of traffic.sidecar.istio.io/excludeInboundPorts.");

    private static IEnumerable<Violation> OfPrincipals(RenderedStack stack) =>
        from policy in Authorizations(stack)
        from principal in policy.Body.Items("spec.rules").SelectMany(rule => rule.Items("from")).SelectMany(origin => origin.At("source").Texts("principals"))
        let parts = principal.Split('/')
        // Accounts of a namespace without a declared one may be made by a chart.
        where parts is [_, "ns", _, "sa", _] && !principal.Contains('*', StringComparison.Ordinal)
        let declared = stack.OfKind("ServiceAccount").Where(account => account.Space == parts[2]).Select(account => account.Manifest.Name).ToList()
        where declared.Count > 0 && !declared.Contains(parts[4])
        select new Violation(policy.Manifest.DisplayName, $"it names {principal}, and {parts[2]} has no such service account", "Name one that is declared.");

    // The first part of a principal is the trust domain of its certificate, cluster.local unless istiod's values say otherwise (istio.io, "Trust Domain Migration").
    private static IEnumerable<Violation> OfTrust(RenderedStack stack)
    {
        var mesh = stack.Releases.FirstOrDefault(release => release.Chart == "istiod")?.Values.At("meshConfig");
        var domain = mesh.Text("trustDomain") ?? "cluster.local";
        var known = mesh.Texts("trustDomainAliases").Append(domain).ToHashSet();
        return from policy in Authorizations(stack)
               from principal in policy.Body.Items("spec.rules").SelectMany(rule => rule.Items("from")).SelectMany(origin => origin.At("source").Texts("principals").Concat(origin.At("source").Texts("notPrincipals")))
               where principal != "*" && !principal.StartsWith('*') && !known.Contains(principal.Split('/')[0])
               select new Violation(
                   policy.Manifest.DisplayName, $"it names {principal}, and the trust domain of the mesh is {domain}: no certificate is of that name",
                   "Begin it with the trust domain, without spiffe://, as in TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT.");
    }

    private static IEnumerable<Violation> OfNamespaces(RenderedStack stack) =>
        from policy in Authorizations(stack)
        from space in policy.Body.Items("spec.rules").SelectMany(rule => rule.Items("from")).SelectMany(origin => origin.At("source").Texts("namespaces"))
        let declared = stack.OfKind("Namespace").Select(named => named.Manifest.Name).ToList()
        where declared.Count > 0 && !space.Contains('*', StringComparison.Ordinal) && !declared.Contains(space) && !BuiltInNamespaces.Contains(space)
        select new Violation(policy.Manifest.DisplayName, $"it names the namespace {space}, which is not declared", "Name one that is declared.");

    private static IEnumerable<Violation> OfAuthorizedPorts(RenderedStack stack) =>
        from policy in Authorizations(stack)
        let selected = Selected(stack, policy, "spec.selector.matchLabels")
        where selected.Count > 0
        from port in policy.Body.Items("spec.rules").SelectMany(rule => rule.Items("to")).SelectMany(to => to.At("operation").Texts("ports"))
        where !selected.SelectMany(PortsOf).Any(own => own.Number == port)
        select new Violation(policy.Manifest.DisplayName, $"it names the port {port}, which none of its pods has", "Name a containerPort of the pods.");

    private static IEnumerable<Violation> OfNetworkPorts(RenderedStack stack) =>
        from policy in stack.OfKind("NetworkPolicy")
        let selected = Selected(stack, policy, "spec.podSelector.matchLabels")
        where selected.Count > 0
        from port in policy.Body.Items("spec.ingress").SelectMany(rule => rule.Items("ports"))
        let named = port.Member("port")?.ToJsonString().Trim('"')
        where named is not null && port.Number("port") is not (>= FirstProxyPort and <= LastProxyPort) && port.Member("endPort") is null
        where !selected.SelectMany(PortsOf).Any(own => own.Number == named || own.Name == named)
        select new Violation(policy.Manifest.DisplayName, $"it opens the port {named}, which none of its pods has", "Name a containerPort of the pods.");

    // Methods are compared as they are sent, in capitals, and paths begin with a slash (istio.io, reference of AuthorizationPolicy, Operation).
    private static IEnumerable<Violation> OfOperations(RenderedStack stack) =>
        from policy in Authorizations(stack)
        from operation in policy.Body.Items("spec.rules").SelectMany(rule => rule.Items("to")).Select(to => to.At("operation"))
        let method = operation.Texts("methods").Concat(operation.Texts("notMethods")).FirstOrDefault(method => method.Any(char.IsAsciiLetterLower))
        let path = operation.Texts("paths").Concat(operation.Texts("notPaths")).FirstOrDefault(path => path.Length > 0 && path[0] is not ('/' or '*' or '{'))
        where method is not null || path is not null
        select new Violation(policy.Manifest.DisplayName, $"no request has the {(method is null ? "path" : "method")} {method ?? path}", method is null ? "Begin it with a slash." : "Write it in capitals.");

    private static List<Pods> Selected(RenderedStack stack, RenderedManifest policy, string path) =>
        policy.Body.At(path) is JsonObject { Count: > 0 } labels ? [.. PodsOf(stack, policy.Space).Where(pods => pods.Have(labels))] : [];

    private static IEnumerable<Pods> PodsOf(RenderedStack stack, string space) => Pods.In(stack).Where(pods => pods.Manifest.Space == space);

    private static string? AppOf(Pods pods) => pods.Template.Text("metadata.labels.app");

    private static IEnumerable<(string Number, string? Name)> PortsOf(Pods pods) =>
        pods.Containers.SelectMany(container => container.Body.Items("ports")).Select(port => (port.Member("containerPort")?.ToJsonString() ?? "", port.Text("name")));
}
