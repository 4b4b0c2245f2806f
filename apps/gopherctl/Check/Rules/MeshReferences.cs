using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What Istio's objects name of each other is there, is there once, and is reached.</summary>
internal static class MeshReferences
{
    public static PolicyRule Hosts { get; } = new(
        "unknown-host", Severity.Error, "A host or port of the mesh that is named is declared.",
        stack => OfHosts(stack).Concat(OfPorts(stack)))
    {
        Others = "istioctl IST0101 (hosts), IST0112",
    };

    public static PolicyRule Gateways { get; } = new(
        "unknown-gateway", Severity.Error, "A gateway that is named is declared, has pods with its ports, and takes the hosts of its routes.",
        stack => OfGatewayNames(stack).Concat(stack.OfKind("Gateway").SelectMany(gateway => OfGateway(stack, gateway))))
    {
        Others = "istioctl IST0101 (gateways and their selectors), IST0132, IST0162",
    };

    public static PolicyRule Conflicts { get; } = new(
        "conflicting-objects", Severity.Error, "No two Istio objects configure the same thing.", OfConflicts)
    {
        Others = "istioctl IST0109, IST0110, IST0111, IST0145, IST0159, IST0160",
    };

    public static PolicyRule Unreachable { get; } = new(
        "unreachable-route", Severity.Error, "Every route can be reached.", OfRoutes)
    {
        Others = "istioctl IST0130, IST0131",
    };

    /// <summary>istio.io, reference of VirtualService, Delegate: the route is left out where there is none.</summary>
    public static PolicyRule Delegates { get; } = new(
        "unknown-delegate", Severity.Error, "A route delegates to a VirtualService that is declared and has no hosts, and such a one is delegated to.", OfDelegates);

    private static IEnumerable<RenderedManifest> Istio(RenderedStack stack, string kind) =>
        stack.OfKind(kind).Where(manifest => manifest.Manifest.ApiVersion.Contains(".istio.io/", StringComparison.Ordinal));

    private static IEnumerable<Violation> OfHosts(RenderedStack stack)
    {
        var services = stack.OfKind("Service").Select(service => (service.Space, Host: MeshHost.Qualify(service.Manifest.Name, service.Space))).ToHashSet();
        var entries = stack.OfKind("ServiceEntry").SelectMany(entry => entry.Body.Texts("spec.hosts")).ToHashSet();
        return from host in MeshHost.In(stack)
               where host.Manifest.Manifest.Kind is "VirtualService" or "DestinationRule" or "Sidecar" && !host.Host.StartsWith('*') && (!host.Path.StartsWith("spec.hosts[", StringComparison.Ordinal) || IsForMesh(host.Manifest))
               let full = MeshHost.Qualify(host.Host, host.Manifest.Space)
               let space = MeshHost.SpaceOf(full)
               // Of a namespace without a declared Service nothing is known: a chart may make them.
               where space is not null && services.Any(service => service.Space == space)
                   && !services.Any(service => MeshHost.Covers(full, service.Host)) && !entries.Contains(full)
               select new Violation(host.Manifest.Manifest.DisplayName, $"{host.Path} is {full}, which is not declared", "Name a Service that is declared.");
    }

    // A gateway's callers may use any name; those in the mesh use the names of its Services.
    private static bool IsForMesh(RenderedManifest service) =>
        service.Body.Texts("spec.gateways").ToList() is [] or ["mesh"];

    private static IEnumerable<Violation> OfPorts(RenderedStack stack) =>
        from service in Istio(stack, "VirtualService")
        from found in service.Body.Walk()
        let host = found.Node.Text("host")
        where host is not null && (found.Path.EndsWith(".destination", StringComparison.Ordinal) || found.Path.EndsWith(".mirror", StringComparison.Ordinal))
        let full = MeshHost.Qualify(host, service.Space)
        from target in stack.OfKind("Service")
        where MeshHost.Qualify(target.Manifest.Name, target.Space) == full
        let ports = target.Body.Items("spec.ports").Select(port => port.Number("port")).ToList()
        let port = found.Node.Number("port.number")
        where port is null ? ports.Count > 1 : !ports.Contains(port)
        select new Violation(
            service.Manifest.DisplayName,
            port is null ? $"{found.Path} names no port of {host}, which has {ports.Count}" : $"{found.Path} names the port {port} of {host}, which has {string.Join(", ", ports)}",
            "Name one of the Service's ports.");

    private static IEnumerable<(RenderedManifest Service, string Gateway)> Bindings(RenderedStack stack) =>
        from service in Istio(stack, "VirtualService")
        from name in service.Body.Texts("spec.gateways").Concat(service.Body.Walk().Where(found => found.Path.EndsWith(".gateways", StringComparison.Ordinal) && found.Path != "spec.gateways").SelectMany(found => (found.Node as JsonArray ?? []).Select(JsonNodes.AsText).OfType<string>()))
        where name != "mesh"
        select (service, GatewayServers.FullName(name, service));

    private static IEnumerable<Violation> OfGatewayNames(RenderedStack stack) =>
        from binding in Bindings(stack).Distinct()
        where !Istio(stack, "Gateway").Any(gateway => $"{gateway.Space}/{gateway.Manifest.Name}" == binding.Gateway)
        select new Violation(binding.Service.Manifest.DisplayName, $"the Gateway {binding.Gateway} is not declared", "Name one that is declared, with its namespace.");

    private static IEnumerable<Violation> OfDelegates(RenderedStack stack)
    {
        var services = Istio(stack, "VirtualService").ToList();
        var named = new HashSet<string>();
        foreach (var (service, index, target) in services.SelectMany(service => service.Body.Items("spec.http").Index().Select(route => (service, route.Index, route.Item.At("delegate")))))
        {
            var full = $"{target.Text("namespace") ?? service.Space}/{target.Text("name")}";
            if (target is not null && named.Add(full) && services.Find(other => $"{other.Space}/{other.Manifest.Name}" == full) is var found && (found is null || !IsDelegate(found)))
            {
                yield return new(
                    service.Manifest.DisplayName, $"spec.http[{index}].delegate names the VirtualService {full}, which {(found is null ? "is not declared" : "has hosts of its own")}: the route is left out",
                    "Declare it, without hosts.");
            }
        }

        foreach (var idle in services.Where(service => IsDelegate(service) && !named.Contains($"{service.Space}/{service.Manifest.Name}")))
        {
            yield return new(idle.Manifest.DisplayName, "it has no hosts, and no VirtualService delegates to it: it has no effect", "Give it hosts, or name it in a delegate.");
        }
    }

    private static bool IsDelegate(RenderedManifest service) => !service.Body.Items("spec.hosts").Any();

    private static IEnumerable<Violation> OfGateway(RenderedStack stack, RenderedManifest gateway)
    {
        var selector = gateway.Body.At("spec.selector") as JsonObject ?? [];
        if (selector.Count == 0)
        {
            yield return new(gateway.Manifest.DisplayName, "it selects every proxy, those of sidecars included", "Give spec.selector the labels of the gateway's pods.");
        }

        var charts = stack.Releases.Where(release => release.Values.At("labels") is JsonObject labels && LabelSelector.Has(labels, selector)).ToList();
        if (stack.Releases.Count > 0 && charts.Count == 0 && !Pods.In(stack).Any(pods => pods.Have(selector)))
        {
            yield return new(gateway.Manifest.DisplayName, $"it selects no declared pod and no chart with its labels: {selector.ToJsonString()}", "Give spec.selector the labels of the gateway's pods.");
        }

        // A server's port is that of the Service, or of the pods where no Service has it (Istio, gateway port merging).
        var exposed = charts.SelectMany(chart => chart.Values.Items("service.ports")).SelectMany(port => (long?[])[port.Number("targetPort"), port.Number("port")]).OfType<long>().ToList();
        foreach (var port in gateway.Body.Items("spec.servers").Select(server => server.Number("port.number")).Where(port => exposed.Count > 0 && port is { } number && !exposed.Contains(number)))
        {
            yield return new(gateway.Manifest.DisplayName, $"its port {port} is not a port of its Service", "Name a targetPort of the Service, or add the port there.");
        }

        var taken = gateway.Body.Items("spec.servers").SelectMany(server => server.Texts("hosts")).Select(host => host.Split('/')[^1]).ToList();
        foreach (var (service, _) in Bindings(stack).Where(binding => binding.Gateway == $"{gateway.Space}/{gateway.Manifest.Name}").Distinct())
        {
            foreach (var host in service.Body.Texts("spec.hosts").Where(host => !taken.Exists(other => Overlap(host, other))))
            {
                yield return new(service.Manifest.DisplayName, $"the Gateway {gateway.Space}/{gateway.Manifest.Name} does not take its host {host}", "Add the host to one of the Gateway's servers.");
            }
        }
    }

    private static bool Overlap(string host, string other) => host == other || Wild(host, other) || Wild(other, host);

    private static bool Wild(string pattern, string host) => pattern.StartsWith('*') && host.TrimStart('*').EndsWith(pattern[1..], StringComparison.Ordinal);

    private static IEnumerable<Violation> OfConflicts(RenderedStack stack)
    {
        var hosts = from service in Istio(stack, "VirtualService")
                    where !service.Body.Texts("spec.gateways").Any() || service.Body.Texts("spec.gateways").Contains("mesh")
                    from host in service.Body.Texts("spec.hosts")
                    select (Key: $"the host {MeshHost.Qualify(host, service.Space)} in the mesh", Object: service);
        var servers = from gateway in Istio(stack, "Gateway")
                      from server in gateway.Body.Items("spec.servers")
                      from host in server.Texts("hosts")
                      select (Key: $"the port {server.Number("port.number")} and the host {host} of {gateway.Body.At("spec.selector")?.ToJsonString()}", Object: gateway);
        var selecting = from kind in (string[])["Sidecar", "Telemetry", "PeerAuthentication"]
                        from manifest in Istio(stack, kind)
                        let labels = manifest.Body.At("spec.workloadSelector.labels") ?? manifest.Body.At("spec.selector.matchLabels")
                        select (Key: $"{(labels is null ? "all pods" : $"the pods with {labels.ToJsonString()}")} of {manifest.Space}, as a {kind},", Object: manifest);
        return from same in hosts.Concat(servers).Concat(selecting).GroupBy(found => found.Key)
               let objects = same.Select(found => found.Object.Manifest.DisplayName).Distinct().ToList()
               where objects.Count > 1
               select new Violation(objects[^1], $"it and {objects[0]} both configure {same.Key.TrimEnd(',')}: Istio obeys only one of them", "Merge them.");
    }

    private static IEnumerable<Violation> OfRoutes(RenderedStack stack)
    {
        foreach (var service in Istio(stack, "VirtualService"))
        {
            var routes = service.Body.Items("spec.http").ToList();
            var all = routes.FindIndex(route => !route.Items("match").Any() || route.Items("match").Any(match => match is JsonObject { Count: 0 } || (match is JsonObject { Count: 1 } && match.Text("uri.prefix") == "/")));
            if (all >= 0 && all < routes.Count - 1)
            {
                yield return new(service.Manifest.DisplayName, $"spec.http[{all}] takes every request, and no route after it is reached", "Put it last.");
            }

            foreach (var (index, match) in routes.Index().SelectMany(route => route.Item.Items("match").Select(match => (route.Index, match))))
            {
                if (Obstacle(stack, match) is { } obstacle)
                {
                    yield return new(service.Manifest.DisplayName, $"spec.http[{index}] is for requests {obstacle}, and none is", "Match what requests have.");
                }

                if (routes.Take(index).Any(earlier => earlier.Items("match").Any(other => JsonNode.DeepEquals(other, match))))
                {
                    yield return new(service.Manifest.DisplayName, $"spec.http[{index}] matches what a route before it matches: {match.ToJsonString()}", "Remove it, or match something else.");
                }
            }
        }
    }

    // Headers are in small letters and methods in capitals (RFC 9113, 8.2; RFC 9110, 9.1); labels are those of the callers' pods, or of a gateway's.
    private static string? Obstacle(RenderedStack stack, JsonNode match) =>
        (match.At("headers") as JsonObject ?? []).Select(header => header.Key).FirstOrDefault(name => name.Any(char.IsAsciiLetterUpper)) is { } header ? $"with a header {header}"
        : match.Text("method.exact") is { } method && method.Any(char.IsAsciiLetterLower) ? $"with the method {method}"
        : match.At("sourceLabels") is JsonObject { Count: > 0 } labels && !Pods.In(stack).Any(pods => pods.Have(labels)) && !stack.Releases.Any(release => LabelSelector.Has(release.Labels, labels)) ? $"of pods with {labels.ToJsonString()}"
        : null;
}
