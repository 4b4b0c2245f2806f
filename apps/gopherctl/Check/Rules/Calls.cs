using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Whom containers are told to call is there, is called as it listens, and lets them in.</summary>
internal static class Calls
{
    /// <summary>
    /// A call takes the way of the mesh only by the name and the port of a Service, in the protocol that this port names, and through the proxy (istio.io,
    /// "Protocol Selection"; reference of annotations, traffic.sidecar.istio.io).
    /// </summary>
    public static PolicyRule Addresses { get; } = new(
        "called-address", Severity.Error, "An address that a container is given is that of a port which is there, answers by its scheme, and lets the container in.",
        stack => Pods.In(stack).SelectMany(pods => CalledHost.Of(pods).SelectMany(call => OfCall(stack, pods, call).Take(1))).Concat(OfTraces(stack)).Concat(OfScrapes(stack)).Concat(OfReceivers(stack)));

    /// <summary>A way past the proxy that no call of the pods is known to need may still be a choice.</summary>
    public static PolicyRule Around { get; } = new(
        "past-proxy", Severity.Warning, "No annotation takes more traffic past the proxy than single ports and addresses.", stack => Pods.In(stack).SelectMany(OfRanges));

    // In a pod localhost is heard by the pod alone (OpenTelemetry, "Collector configuration best practices", receivers' endpoints).
    private static IEnumerable<Violation> OfReceivers(RenderedStack stack) =>
        from release in stack.Releases
        from found in release.Values.Walk()
        let steps = found.Path.Split('.')
        where steps[^1] == "endpoint" && steps.Contains("receivers") && steps.Contains("protocols") && found.Node.AsText() is { } text && CalledHost.IsHeardInsideAlone(text)
        select new Violation(release.DisplayName, $"{found.Path} is {found.Node.AsText()}: no other pod reaches it there", "Let it listen on 0.0.0.0, or on the pod's address.");

    private static IEnumerable<Violation> OfCall(RenderedStack stack, Pods pods, CalledHost call)
    {
        var container = new Container(pods, call.Container);
        var port = call.Port ?? call.Scheme switch { "http" => "80", "https" => "443", _ => null };
        if (call.IsLoopback)
        {
            // Of another container, which need not say its ports, or of the proxy nothing is known.
            if (port is not null && !port.StartsWith("150", StringComparison.Ordinal) && call.Scheme is not null && pods.Containers.Count() == 1 && !container.Body.Items("ports").Any(own => own.At("containerPort")?.ToJsonString() == port))
            {
                yield return container.Violation($"{call.Name} is an address of the pod itself, where no container listens on {port}", "Name the Service that is meant.");
            }

            yield break;
        }

        if (MeshHost.SpaceOf(call.Host) is not { } space)
        {
            if (IsRefused(stack, pods, call, port))
            {
                yield return container.Violation($"{call.Name} leads to {call.Host}, which is outside of the mesh: its proxy refuses calls of what is not declared (REGISTRY_ONLY)", "Declare a ServiceEntry for it.");
            }

            yield break;
        }

        var service = stack.OfKind("Service").FirstOrDefault(declared => declared.Space == space && declared.Manifest.Name == call.Host.Split('.')[0]);
        if (service is null)
        {
            // Of a namespace without a declared Service nothing is known: a chart may make them.
            if (stack.OfKind("Service").Any(declared => declared.Space == space) && !stack.OfKind("ServiceEntry").SelectMany(entry => entry.Body.Texts("spec.hosts")).Contains(call.Host))
            {
                yield return container.Violation($"{call.Name} leads to {call.Host}, which is not declared", "Name a Service that is declared.");
            }
            else if (port is not null && NetworkReach.Obstacle(stack, pods, space, null, port) is { } obstacle)
            {
                yield return container.Violation($"{call.Name} leads to the port {port} of {call.Host}, and {obstacle}", "Let a NetworkPolicy allow it.");
            }

            yield break;
        }

        var ports = service.Body.Items("spec.ports").ToList();
        var called = port is null ? (ports.Count == 1 ? ports[0] : null) : ports.Find(own => own.At("port")?.ToJsonString() == port);
        var targets = Pods.In(stack).Where(candidate => candidate.Services(stack).Contains(service)).ToList();
        if (called is null && port is not null)
        {
            yield return container.Violation($"{call.Name} leads to the port {port} of {call.Host}, which has {string.Join(", ", ports.Select(own => own.At("port")?.ToJsonString()))}", "Name one of the Service's ports.");
        }
        else if (call.Scheme is "https" && IsPlain(called))
        {
            yield return container.Violation($"{call.Name} calls {call.Host} by HTTPS, and its port {port} is for HTTP: the call fails, and routes do not see it", "Use http: the proxies encrypt.");
        }
        else if (targets.Exists(target => target.Workload == pods.Workload))
        {
            yield return container.Violation($"{call.Name} leads to {call.Host}, the pods of the container itself: each call makes another", "Name the Service that is meant.");
        }
        else if (port is not null && MeshMembers.Has(stack, pods) && targets.Exists(target => MeshMembers.Has(stack, target)) && IsPastProxy(pods, port))
        {
            yield return container.Violation($"its calls of the port {port} of {call.Host} go past the proxy: no route applies, and mutual TLS refuses them", "Leave the port out of traffic.sidecar.istio.io/excludeOutboundPorts.");
        }
        else if (MeshScope.AllowedAt(stack, call.Host) is { } allowed && !allowed.Contains($"{pods.Manifest.Space}/{pods.Spec.Text("serviceAccountName") ?? "default"}"))
        {
            yield return container.Violation($"{call.Name} leads to {call.Host}, whose AuthorizationPolicy refuses its service account", "Let the policy name it, or call another.");
        }
        else if (targets.Count > 0 && Target(targets[0], called) is { } number && NetworkReach.Obstacle(stack, pods, space, targets[0].Labels, number) is { } wall)
        {
            yield return container.Violation($"{call.Name} leads to {call.Host}, and {wall}", "Let a NetworkPolicy allow it.");
        }
    }

    // Proxies send their traces themselves (istio.io, reference of MeshConfig, extensionProviders).
    private static IEnumerable<Violation> OfTraces(RenderedStack stack) =>
        from trace in MeshScope.Traces(stack).Distinct()
        let space = MeshHost.SpaceOf(trace.Host)
        where space is not null && trace.Port is not null && !stack.OfKind("Service").Any(service => MeshHost.Qualify(service.Manifest.Name, service.Space) == trace.Host)
        from gateway in stack.Releases
        where gateway.Chart == "gateway" && gateway.Labels.Count > 0
        let obstacle = NetworkReach.Obstacle(stack, gateway.Space, gateway.Labels, gateway.DisplayName, space, null, trace.Port)
        where obstacle is not null
        select new Violation(gateway.DisplayName, $"its proxies send their traces to the port {trace.Port} of {trace.Host}, and {obstacle}", "Let a NetworkPolicy allow it.");

    // Istio's agent answers for a pod on a port of its own (istio.io, "Ports used by Istio").
    private static IEnumerable<Violation> OfScrapes(RenderedStack stack) =>
        from release in stack.Releases
        where release.Chart == "prometheus"
        from pods in Pods.In(stack)
        where MeshMembers.Has(stack, pods) && pods.Template.At("metadata.annotations").Member("prometheus.io/scrape").AsText() == "true"
        let obstacle = NetworkReach.Obstacle(stack, release.Space, null, release.DisplayName, pods.Manifest.Space, pods.Labels, "15020")
        where obstacle is not null
        select new Violation(pods.Workload, $"its metrics are on the port 15020 of its proxy, and {obstacle}", "Let a NetworkPolicy allow it.");

    private static bool IsPlain(JsonNode? port) => port is not null && (port.Text("appProtocol") ?? port.Text("name"))?.Split('-')[0] is "http" or "http2" or "grpc";

    private static bool IsPastProxy(Pods pods, string port) =>
        pods.Listed("traffic.sidecar.istio.io/excludeOutboundPorts") is var excluded && (excluded.Contains(port) || excluded.Contains("*"));

    private static bool IsRefused(RenderedStack stack, Pods pods, CalledHost call, string? port) =>
        call.Scheme is "http" or "https" && call.Host.Contains('.', StringComparison.Ordinal) && !call.Host.StartsWith("169.254.", StringComparison.Ordinal)
        && MeshMembers.Has(stack, pods) && !(port is not null && IsPastProxy(pods, port)) && !stack.OfKind("ServiceEntry").SelectMany(entry => entry.Body.Texts("spec.hosts")).Any(host => MeshHost.Covers(host, call.Host))
        && stack.OfKind("Sidecar").Any(sidecar => sidecar.Space == pods.Manifest.Space && sidecar.Body.Text("spec.outboundTrafficPolicy.mode") == "REGISTRY_ONLY");

    private static string? Target(Pods pods, JsonNode? port) => (port.Member("targetPort") ?? port.Member("port"))?.ToJsonString().Trim('"') is { } target
        ? pods.Containers.SelectMany(container => container.Body.Items("ports")).FirstOrDefault(own => own.Text("name") == target)?.At("containerPort")?.ToJsonString() ?? target
        : null;

    private static IEnumerable<Violation> OfRanges(Pods pods)
    {
        const string Prefix = "traffic.sidecar.istio.io/";
        foreach (var (key, value) in pods.Template.TextMembers("metadata.annotations").Where(annotation => annotation.Key.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var isWide = key[Prefix.Length..] switch
            {
                "excludeOutboundIPRanges" => value.Split(',', StringSplitOptions.TrimEntries).Any(range => range.Split('/') is not [_, var bits] || !int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length < 24),
                "includeOutboundIPRanges" or "includeInboundPorts" => value != "*",
                "excludeOutboundPorts" or "excludeInboundPorts" => value.Contains('*', StringComparison.Ordinal),
                "excludeInterfaces" => true,
                _ => false,
            };
            if (isWide)
            {
                yield return new(pods.Workload, $"{key} is \"{value}\": what it takes past the proxy has no routes, no mutual TLS and no policy", "Leave it out, or name single ports and addresses.");
            }
        }

        if (pods.Template.At("metadata.annotations").Member("sidecar.istio.io/interceptionMode").AsText() == "NONE")
        {
            yield return new(pods.Workload, "sidecar.istio.io/interceptionMode is NONE: the proxy gets none of its pods' traffic", "Leave it out.");
        }
    }
}

/// <summary>A host that pods are told to call, by a variable or an argument.</summary>
/// <param name="Container">The container.</param>
/// <param name="Name">The variable, or the field.</param>
/// <param name="Scheme">The scheme, where it is a URL.</param>
/// <param name="Host">The full name of a Service, or a host elsewhere.</param>
/// <param name="Port">The port, where one is given.</param>
internal sealed partial record CalledHost(JsonNode Container, string Name, string? Scheme, string Host, string? Port)
{
    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    // What a process listens on is no call.
    private static readonly string[] Own = ["ASPNETCORE_URLS", "DOTNET_URLS"];

    /// <summary>Whether it is an address of the pod itself.</summary>
    public bool IsLoopback => Loopback.Contains(Host);

    /// <summary>Whether an address that something listens on, HOST:PORT, is one of the pod itself.</summary>
    public static bool IsHeardInsideAlone(string address) => Array.Exists(Loopback, host => address == host || address.StartsWith($"{host}:", StringComparison.Ordinal));

    /// <summary>Every host of a URL, and every full name of a Service, in the variables, the command and the arguments of pods.</summary>
    public static IEnumerable<CalledHost> Of(Pods pods) =>
        from container in pods.Containers
        from text in Variables(container.Body).Concat(container.Body.Texts("command").Concat(container.Body.Texts("args")).Select(argument => (Name: "an argument", Text: argument)))
        where !Own.Contains(text.Name)
        from Match match in Address().Matches(text.Text)
        let scheme = match.Groups["scheme"].Value.ToLowerInvariant()
        let port = match.Groups["port"].Value
        select new CalledHost(container.Body, text.Name, scheme.Length > 0 ? scheme : null, Full(match.Groups["host"].Value, pods.Manifest.Space), port.Length > 0 ? port : null);

    /// <summary>Whether the pods' proxies do not see the call.</summary>
    public bool IsPastProxy(Pods pods) => Port is not null && pods.Listed("traffic.sidecar.istio.io/excludeOutboundPorts").Contains(Port);

    private static IEnumerable<(string Name, string Text)> Variables(JsonNode container) =>
        container.Items("env").Select(variable => (Name: variable.Text("name") ?? "", Text: variable.Text("value"))).Where(variable => variable.Text is not null).Select(variable => (variable.Name, variable.Text!));

    // As the resolver of a pod completes them (Kubernetes, "DNS for Services and Pods").
    private static string Full(string host, string space) => host.Split('.') switch
    {
        _ when Loopback.Contains(host) => host,
        [var name] => $"{name}.{space}.svc.cluster.local",
        [var name, var other, "svc"] => $"{name}.{other}.svc.cluster.local",
        _ => host,
    };

    [GeneratedRegex(@"(?<scheme>https?|grpcs?|tcp)://(?:[^/@\s""']*@)?(?<host>\[::1\]|[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)(?::(?<port>[0-9]+))?|(?<![-a-z0-9.])(?<host>[-a-z0-9]+\.[-a-z0-9]+\.svc\.cluster\.local)(?::(?<port>[0-9]+))?", RegexOptions.IgnoreCase)]
    private static partial Regex Address();
}
