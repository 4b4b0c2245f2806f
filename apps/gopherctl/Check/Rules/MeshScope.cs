using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Callers in the mesh know what they call, get to a pod of it, and are let in where a route leads them.</summary>
internal static class MeshScope
{
    /// <summary>istio.io, reference of Sidecar, egress.hosts; a proxy sends its traces to a service that it knows, too.</summary>
    public static PolicyRule Imports { get; } = new(
        "unimported-host", Severity.Error, "A Sidecar imports the hosts that its pods call.",
        stack => stack.OfKind("Sidecar").SelectMany(sidecar => OfImports(stack, sidecar)));

    /// <summary>
    /// Of a headless Service a caller resolves the pods themselves, and calls one of them on the pod's own port (Kubernetes, "Headless Services"); its proxy
    /// sends the request there, whatever pods a route or a DestinationRule names (Istio, cluster type ORIGINAL_DST).
    /// </summary>
    public static PolicyRule Addresses { get; } = new(
        "service-address", Severity.Error, "A Service with routes or replicas is called by an address of its own, from every node.",
        stack => stack.OfKind("Service").SelectMany(service => OfAddress(stack, service)));

    /// <summary>A route leads its callers to pods whose AuthorizationPolicies name them (istio.io, "Authorization Policy").</summary>
    public static PolicyRule Callers { get; } = new(
        "refused-route", Severity.Error, "Who may call the host of a route may call where it leads.",
        stack => stack.OfKind("VirtualService").SelectMany(service => OfRoutes(stack, service)));

    /// <summary>Who calls a host needs its routes and rules (istio.io, reference of VirtualService and DestinationRule, exportTo; of annotations, networking.istio.io/exportTo).</summary>
    public static PolicyRule Exports { get; } = new(
        "hidden-object", Severity.Error, "An object of the mesh is exported to the namespaces of those who need it.",
        stack => OfExports(stack).Concat(OfHiddenGateways(stack)));

    private static IEnumerable<Violation> OfExports(RenderedStack stack)
    {
        var services = stack.OfKind("VirtualService").ToList();
        var calls = Pods.In(stack).SelectMany(pods => CalledHost.Of(pods).Where(call => !call.IsPastProxy(pods)).Select(call => (call.Host, Needs: (pods.Manifest.Space, pods.Workload)))).ToList();
        IEnumerable<(string Space, string Who)> CallersAt(string host) =>
            calls.Where(call => MeshHost.Covers(host, call.Host)).Select(call => call.Needs)
                .Concat((AllowedAt(stack, host) ?? []).Select(account => (account.Split('/')[0], $"the service account {account}")));
        IEnumerable<(string Space, string Who)> Bound(RenderedManifest service) => service.Body.Texts("spec.gateways").DefaultIfEmpty("mesh").SelectMany(gateway => gateway == "mesh"
            ? service.Body.Texts("spec.hosts").SelectMany(host => CallersAt(MeshHost.Qualify(host, service.Space)))
            : Accounts(stack, service, gateway).Select(account => (account.Split('/')[0], $"the pods of the Gateway {gateway}")));
        IEnumerable<(string Space, string Who)> Led(string host) => services.Where(service => service.Body.Walk().Any(found => found.Path.EndsWith(".host", StringComparison.Ordinal) && found.Node.AsText() is { } named && MeshHost.Covers(host, MeshHost.Qualify(named, service.Space))))
            .SelectMany(Bound).Concat(CallersAt(host));

        return from manifest in stack.Manifests
               let host = manifest.Manifest.Kind == "Service" ? MeshHost.Qualify(manifest.Manifest.Name, manifest.Space) : MeshHost.Qualify(manifest.Body.Text("spec.host") ?? "", manifest.Space)
               let needs = manifest.Manifest.Kind switch
               {
                   "VirtualService" => Bound(manifest),
                   "DestinationRule" or "Service" => Led(host),
                   _ => [],
               }
               from need in needs.DistinctBy(need => need.Space)
               where ExportedTo(stack, manifest) is { } exported && !exported.Contains(need.Space) && !exported.Contains("*")
               select new Violation(manifest.Manifest.DisplayName, $"it is not exported to {need.Space}, where {need.Who} need it", "Leave exportTo out, or add the namespace.");
    }

    // Where the object says nothing, istiod's values do (istio.io, reference of MeshConfig, defaultServiceExportTo and its like).
    private static List<string>? ExportedTo(RenderedStack stack, RenderedManifest manifest)
    {
        var own = manifest.Manifest.Kind == "Service"
            ? (manifest.Body.At("metadata.annotations").Member("networking.istio.io/exportTo").AsText() ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : manifest.Body.Texts("spec.exportTo");
        var said = own.Any() ? own : stack.Releases.Where(release => release.Chart == "istiod").SelectMany(release => release.Values.Texts($"meshConfig.default{manifest.Manifest.Kind}ExportTo"));
        return said.Any() ? [.. said.Select(space => space == "." ? manifest.Space : space)] : null;
    }

    // A server takes the hosts of one namespace's VirtualServices where it says so (istio.io, reference of Gateway, Server.hosts).
    private static IEnumerable<Violation> OfHiddenGateways(RenderedStack stack) =>
        from service in stack.OfKind("VirtualService")
        from name in service.Body.Texts("spec.gateways").Distinct()
        from gateway in stack.OfKind("Gateway")
        where $"{gateway.Space}/{gateway.Manifest.Name}" == GatewayServers.FullName(name, service)
        let hosts = gateway.Body.Items("spec.servers").SelectMany(server => server.Texts("hosts")).Select(host => host.Split('/')).ToList()
        where hosts.Count > 0 && hosts.TrueForAll(host => host is [var space, _] && space != "*" && (space == "." ? gateway.Space : space) != service.Space)
        select new Violation(gateway.Manifest.DisplayName, $"none of its hosts is for VirtualServices of {service.Space}, and {service.Manifest.DisplayName} is bound to it", $"Write the hosts as {service.Space}/HOST.");

    private static IEnumerable<Violation> OfImports(RenderedStack stack, RenderedManifest sidecar)
    {
        var imports = sidecar.Body.Items("spec.egress").SelectMany(egress => egress.Texts("hosts")).ToList();
        var own = sidecar.Body.At("spec.workloadSelector.labels") as JsonObject;
        var selected = Pods.In(stack).Where(pods => pods.Manifest.Space == sidecar.Space && MeshMembers.Has(stack, pods) && (own is null || pods.Have(own))).ToList();
        var calls = selected.SelectMany(pods => CalledHost.Of(pods).Where(call => !call.IsPastProxy(pods)).Select(call => (call.Host, Who: pods.Workload)))
            .Concat(selected.Count > 0 ? Traces(stack).Select(trace => (trace.Host, Who: "the tracing of the mesh")) : []);
        return from call in calls.DistinctBy(call => call.Host)
               where imports.Count > 0 && MeshHost.SpaceOf(call.Host) is not null && !imports.Exists(import => Covers(import, sidecar.Space, call.Host))
               select new Violation(sidecar.Manifest.DisplayName, $"spec.egress imports no {call.Host}, which {call.Who} calls", "Add it to the hosts.");
    }

    private static bool Covers(string import, string home, string host) => import.Split('/') is [var space, var name] && space != "~"
        && (space == "*" || (space == "." ? home : space) == MeshHost.SpaceOf(host)) && (name == "*" || MeshHost.Covers(name, host));

    /// <summary>Where the proxies of the mesh send their traces.</summary>
    public static IEnumerable<(string Host, string? Port)> Traces(RenderedStack stack)
    {
        var named = stack.OfKind("Telemetry").SelectMany(telemetry => telemetry.Body.Items("spec.tracing")).SelectMany(tracing => tracing.Items("providers")).Select(provider => provider.Text("name")).ToHashSet();
        return from release in stack.Releases
               from provider in release.Values.Items("meshConfig.extensionProviders")
               where named.Contains(provider.Text("name"))
               from part in provider as JsonObject ?? []
               let host = part.Value.Text("service")
               where host is not null
               select (host, part.Value.At("port")?.ToJsonString());
    }

    private static IEnumerable<Violation> OfAddress(RenderedStack stack, RenderedManifest service)
    {
        if (service.Body.Text("spec.internalTrafficPolicy") == "Local" && Selected(stack, service).Any(pods => pods.Manifest.Manifest.Kind != "DaemonSet"))
        {
            yield return new(service.Manifest.DisplayName, "internalTrafficPolicy is Local: callers on a node without one of its pods get no answer", "Leave it out.");
        }

        if (service.Body.Text("spec.clusterIP") != "None")
        {
            yield break;
        }

        var host = MeshHost.Qualify(service.Manifest.Name, service.Space);
        if (MeshHost.In(stack).FirstOrDefault(named => named.Manifest.Manifest.Kind is "VirtualService" or "DestinationRule" && MeshHost.Qualify(named.Host, named.Manifest.Space) == host) is { } ruled)
        {
            yield return new(service.Manifest.DisplayName, $"it has no address of its own (clusterIP: None), so that callers choose the pods, not {ruled.Manifest.Manifest.DisplayName}", "Leave clusterIP out.");
        }
        else if (service.Body.Items("spec.ports").FirstOrDefault(port => port.At("targetPort") is { } target && Number(stack, service, target) is { } number && number != port.Number("port")) is { } moved)
        {
            yield return new(service.Manifest.DisplayName, $"it has no address of its own (clusterIP: None), so that its port {moved.At("port")?.ToJsonString()} is called at pods which listen on another", "Give port the number of targetPort.");
        }
    }

    private static long? Number(RenderedStack stack, RenderedManifest service, JsonNode target) => long.TryParse(target.ToJsonString(), out var number) ? number
        : Selected(stack, service).SelectMany(pods => pods.Containers).SelectMany(container => container.Body.Items("ports")).FirstOrDefault(port => port.Text("name") == target.AsText()).Number("containerPort");

    private static IEnumerable<Pods> Selected(RenderedStack stack, RenderedManifest service) =>
        Pods.In(stack).Where(pods => pods.Services(stack).Any(own => own.Manifest.DisplayName == service.Manifest.DisplayName));

    private static IEnumerable<Violation> OfRoutes(RenderedStack stack, RenderedManifest service)
    {
        var callers = CallersOf(stack, service);
        return from found in service.Body.Walk()
               where found.Path.EndsWith(".destination", StringComparison.Ordinal)
               let host = MeshHost.Qualify(found.Node.Text("host") ?? "", service.Space)
               let allowed = AllowedAt(stack, host)
               where callers.Count > 0 && allowed is not null && !allowed.Overlaps(callers)
               select new Violation(service.Manifest.DisplayName, $"{found.Path} leads to {host}, which refuses its callers: {string.Join(", ", callers.Order())}", "Lead elsewhere, or let its AuthorizationPolicy name them.");
    }

    // Those of the gateways that it names, and in the mesh those that its hosts' policies name; none where they are not known.
    private static HashSet<string> CallersOf(RenderedStack stack, RenderedManifest service)
    {
        var callers = new HashSet<string>();
        foreach (var gateway in service.Body.Texts("spec.gateways").DefaultIfEmpty("mesh"))
        {
            var accounts = gateway == "mesh" ? service.Body.Texts("spec.hosts").SelectMany(host => AllowedAt(stack, MeshHost.Qualify(host, service.Space)) ?? []) : Accounts(stack, service, gateway);
            callers.UnionWith(accounts);
        }

        return callers;
    }

    private static IEnumerable<string> Accounts(RenderedStack stack, RenderedManifest service, string name)
    {
        var full = GatewayServers.FullName(name, service);
        var selector = stack.OfKind("Gateway").FirstOrDefault(gateway => $"{gateway.Space}/{gateway.Manifest.Name}" == full)?.Body.At("spec.selector") as JsonObject;
        bool IsSelected(JsonObject labels) => selector is { Count: > 0 } && LabelSelector.Has(labels, selector);
        return stack.Releases.Where(release => IsSelected(release.Labels)).Select(release => $"{release.Space}/{release.Account}")
            .Concat(Pods.In(stack).Where(pods => IsSelected(pods.Labels)).Select(pods => $"{pods.Manifest.Space}/{pods.Spec.Text("serviceAccountName") ?? "default"}"));
    }

    /// <summary>The accounts that may call a host, as namespace and name; null where it is not declared, or a policy says more than names of accounts.</summary>
    public static HashSet<string>? AllowedAt(RenderedStack stack, string host)
    {
        var pods = stack.OfKind("Service").Where(service => MeshHost.Qualify(service.Manifest.Name, service.Space) == host).SelectMany(service => Selected(stack, service)).ToList();
        var policies = stack.OfKind("AuthorizationPolicy").Where(policy => policy.Body.Text("spec.action") is null or "ALLOW" && policy.Body.Items("spec.rules").Any()
            && pods.Exists(own => own.Manifest.Space == policy.Space && own.Have(policy.Body.At("spec.selector.matchLabels") as JsonObject ?? []))).ToList();
        var sources = policies.SelectMany(policy => policy.Body.Items("spec.rules")).Select(rule => rule.Items("from").Select(from => from.At("source").Texts("principals").ToList()).ToList()).ToList();
        var isKnown = sources.Count > 0 && sources.TrueForAll(rule => rule.Count > 0 && rule.TrueForAll(principals => principals.Count > 0 && principals.TrueForAll(IsAccount)));
        return isKnown ? [.. sources.SelectMany(rule => rule).SelectMany(principals => principals).Select(principal => principal.Split('/')).Select(parts => $"{parts[2]}/{parts[4]}")] : null;
    }

    private static bool IsAccount(string principal) => principal.Split('/') is [_, "ns", _, "sa", _] && !principal.Contains('*', StringComparison.Ordinal);
}
