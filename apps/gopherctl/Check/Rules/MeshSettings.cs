using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>How pods, ports and calls get into the mesh, and what is observed of them.</summary>
internal static partial class MeshSettings
{
    // The user of the sidecar, whose own traffic is not taken by it (istio.io, "Application Requirements").
    private const long ProxyUser = 1337;

    private const string Inject = "sidecar.istio.io/inject";
    private const string Redirection = "traffic.sidecar.istio.io/";

    // istio.io, "Protocol Selection".
    private static readonly string[] Protocols = ["http", "http2", "https", "grpc", "grpc-web", "tcp", "tls", "mongo", "mysql", "redis", "udp", "auto"];

    // Those of Istio's reference of annotations that are for pods, by the part before the slash.
    private static readonly Dictionary<string, string[]> PodAnnotations = new()
    {
        ["sidecar.istio.io"] =
        [
            "inject", "nativeSidecar", "status", "proxyImage", "proxyImageType", "proxyCPU", "proxyCPULimit", "proxyMemory", "proxyMemoryLimit", "interceptionMode",
            "logLevel", "componentLogLevel", "agentLogLevel", "rewriteAppHTTPProbers", "bootstrapOverride", "userVolume", "userVolumeMount", "enableCoreDump",
            "extraStatTags", "statsInclusionPrefixes", "statsInclusionSuffixes", "statsInclusionRegexps", "statsHistogramBuckets", "statsCompression", "statsEvictionInterval",
        ],
        ["traffic.sidecar.istio.io"] =
        [
            "includeInboundPorts", "excludeInboundPorts", "includeOutboundPorts", "excludeOutboundPorts", "includeOutboundIPRanges", "excludeOutboundIPRanges",
            "excludeInterfaces", "kubevirtInterfaces",
        ],
        ["proxy.istio.io"] = ["config", "overrides"],
        ["prometheus.istio.io"] = ["merge-metrics"],
        ["inject.istio.io"] = ["templates"],
        ["readiness.status.sidecar.istio.io"] = ["applicationPorts", "failureThreshold", "initialDelaySeconds", "periodSeconds"],
        ["status.sidecar.istio.io"] = ["port"],
    };

    public static PolicyRule Injection { get; } = new(
        "injection", Severity.Error, "The pods of a namespace with rules of the mesh have sidecars, by one label.",
        stack => OfNamespaces(stack).Concat(Pods.In(stack).SelectMany(OfPods)))
    {
        Others = "istioctl IST0102, IST0103, IST0123, IST0144",
    };

    public static PolicyRule Annotations { get; } = new(
        "istio-annotations", Severity.Error, "An annotation of Istio's is one that it knows, on pods, with a value that it understands.",
        stack => stack.Manifests.SelectMany(OfObject).Concat(Pods.In(stack).SelectMany(OfTemplate)))
    {
        Others = "istioctl IST0107, IST0108, IST0125",
    };

    public static PolicyRule PortNames { get; } = new(
        "port-name", Severity.Error, "A Service's port names its protocol, which is HTTP or gRPC where routes by HTTP lead to it.", stack => OfPortNames(stack).Concat(OfRoutedPorts(stack)))
    {
        Others = "istioctl IST0118",
    };

    public static PolicyRule Tls { get; } = new(
        "caller-tls", Severity.Error, "Callers in the mesh use mutual TLS, and verify the servers that they call outside.",
        stack => stack.OfKind("DestinationRule").SelectMany(OfTls))
    {
        Others = "istioctl IST0113, IST0128, IST0129",
    };

    public static PolicyRule Tracing { get; } = new(
        "telemetry-provider", Severity.Error, "A Telemetry names who gets its traces, as istiod's values call it.", stack => OfTelemetry(stack).Concat(OfProviders(stack)))
    {
        Others = "istioctl IST0157",
    };

    private static IEnumerable<Violation> OfNamespaces(RenderedStack stack)
    {
        var ruled = stack.Manifests.Where(manifest => manifest.Manifest.Kind is "VirtualService" or "DestinationRule" or "Sidecar" or "AuthorizationPolicy")
            .Select(manifest => manifest.Space).Intersect(Pods.In(stack).Select(pods => pods.Manifest.Space)).ToHashSet();
        foreach (var space in stack.OfKind("Namespace"))
        {
            var labels = space.Body.At("metadata.labels") as JsonObject ?? [];
            var (injection, revision) = (labels["istio-injection"].AsText(), labels["istio.io/rev"]);
            if (injection is not null && revision is not null)
            {
                yield return new(space.Manifest.DisplayName, "it has both istio-injection and istio.io/rev", "Keep one of them.");
            }

            if (ruled.Contains(space.Manifest.Name) && injection != "enabled" && revision is null)
            {
                yield return new(space.Manifest.DisplayName, "its pods get no sidecars, and its rules of the mesh have no effect", "Give it the label istio-injection: enabled.");
            }
        }
    }

    private static IEnumerable<Violation> OfPods(Pods pods)
    {
        if (((pods.Template.At("metadata.labels") as JsonObject)?[Inject] ?? (pods.Template.At("metadata.annotations") as JsonObject)?[Inject])?.ToJsonString().Trim('"') == "false")
        {
            yield return new(pods.Workload, $"{Inject} is false: its pods are outside of the mesh", "Leave it out.");
        }

        foreach (var container in pods.Containers.Where(container => container.Security("runAsUser")?.ToJsonString() == $"{ProxyUser}"))
        {
            yield return container.Violation($"runAsUser is {ProxyUser}, the sidecar's own: its traffic is not taken", "Use another user.");
        }
    }

    // What is written at the workload itself is not given to its pods.
    private static IEnumerable<Violation> OfObject(RenderedManifest manifest) =>
        from annotation in manifest.Body.TextMembers("metadata.annotations")
        let parts = annotation.Key.Split('/')
        where manifest.Manifest.Kind != "Pod" && PodAnnotations.ContainsKey(parts[0])
        select new Violation(manifest.Manifest.DisplayName, $"its annotation {annotation.Key} has an effect on pods alone", "Write it in spec.template.metadata.annotations.");

    private static IEnumerable<Violation> OfTemplate(Pods pods)
    {
        foreach (var (key, value) in pods.Template.TextMembers("metadata.annotations"))
        {
            var parts = key.Split('/');
            if (PodAnnotations.TryGetValue(parts[0], out var known) && !known.Contains(parts[^1]))
            {
                yield return new(pods.Workload, $"Istio does not know the annotation {key} of its pods", $"Use one of {string.Join(", ", known)}, or leave it out.");
            }

            if (key.StartsWith(Redirection, StringComparison.Ordinal) && key.EndsWith("Ports", StringComparison.Ordinal) && !PortList().IsMatch(value))
            {
                yield return new(pods.Workload, $"{key} is \"{value}\", which is not a list of ports", "Write ports with commas between them, or *.");
            }
        }
    }

    private static IEnumerable<Violation> OfPortNames(RenderedStack stack) =>
        from service in stack.OfKind("Service")
        from port in service.Body.Items("spec.ports")
        let name = port.Text("name") ?? ""
        where port.Text("appProtocol") is null && port.Text("protocol") is null or "TCP" && !Protocols.Any(protocol => name == protocol || name.StartsWith($"{protocol}-", StringComparison.Ordinal))
        select new Violation(
            service.Manifest.DisplayName,
            $"its port {port.Member("port")?.ToJsonString()} is called \"{name}\", which names no protocol: routes by HTTP may not apply",
            "Call it http or, with more, http-NAME; or set appProtocol.");

    private static IEnumerable<Violation> OfRoutedPorts(RenderedStack stack) =>
        from service in stack.OfKind("Service")
        let host = MeshHost.Qualify(service.Manifest.Name, service.Space)
        from route in stack.OfKind("VirtualService")
        where route.Body.Items("spec.http").SelectMany(http => http.Items("route")).Any(target => MeshHost.Qualify(target.Text("destination.host") ?? "", route.Space) == host)
        let names = service.Body.Items("spec.ports").Select(port => port.Text("appProtocol") ?? port.Text("name") ?? "").ToList()
        where names.Count == 1 && names[0].Split('-')[0] is "tcp" or "tls" or "mongo" or "mysql" or "redis"
        select new Violation(
            service.Manifest.DisplayName, $"its port is called \"{names[0]}\", and {route.Manifest.DisplayName} routes to it by HTTP: those routes do not apply", "Call it http.");

    private static IEnumerable<Violation> OfTls(RenderedManifest rule)
    {
        var inside = MeshHost.SpaceOf(MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space)) is not null;
        foreach (var (path, tls) in rule.Body.Walk().Where(found => found.Path.EndsWith(".tls", StringComparison.Ordinal) && found.Node is JsonObject))
        {
            var mode = tls.Text("mode");
            if (inside && mode == "DISABLE")
            {
                yield return new(rule.Manifest.DisplayName, $"{path}.mode is DISABLE: its callers send plain text, which STRICT mutual TLS refuses", "Leave it out: sidecars use mutual TLS by themselves.");
            }

            if (mode is "SIMPLE" or "MUTUAL" && (tls.At("caCertificates") ?? tls.At("credentialName")) is null)
            {
                yield return new(rule.Manifest.DisplayName, $"{path} has no caCertificates: any server that answers is trusted", "Name the certificates of the authority, or use ISTIO_MUTUAL.");
            }
        }
    }

    private static IEnumerable<Violation> OfTelemetry(RenderedStack stack) =>
        from telemetry in stack.OfKind("Telemetry")
        from tracing in telemetry.Body.Items("spec.tracing")
        where !tracing.Items("providers").Any() && tracing.Flag("disableSpanReporting") != true
        select new Violation(telemetry.Manifest.DisplayName, "spec.tracing names no provider, and is ignored", "Name one of meshConfig.extensionProviders.");

    // Only where istiod's values are declared are its providers known.
    private static IEnumerable<Violation> OfProviders(RenderedStack stack) =>
        from control in stack.Releases
        where control.Chart == "istiod"
        let known = control.Values.Items("meshConfig.extensionProviders").Select(provider => provider.Text("name")).ToList()
        from telemetry in stack.OfKind("Telemetry")
        from name in telemetry.Body.Items("spec.tracing").SelectMany(tracing => tracing.Items("providers")).Select(provider => provider.Text("name"))
        where !known.Contains(name)
        select new Violation(telemetry.Manifest.DisplayName, $"the provider {name} is none of istiod's meshConfig.extensionProviders", "Declare it there, or name another one.");

    [GeneratedRegex(@"\A(\*|[0-9]{1,5}(,[0-9]{1,5})*)?\z")]
    private static partial Regex PortList();
}
