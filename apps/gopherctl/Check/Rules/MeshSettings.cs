using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>How ports and annotations are read by the mesh, and what is observed of it.</summary>
internal static partial class MeshSettings
{
    private const string Redirection = "traffic.sidecar.istio.io/";

    // istio.io, "Protocol Selection".
    private static readonly string[] Protocols = ["http", "http2", "https", "grpc", "grpc-web", "tcp", "tls", "mongo", "mysql", "redis", "udp", "auto"];

    private static readonly string[] Flags = ["rewriteAppHTTPProbers", "nativeSidecar", "enableCoreDump", "inject", "merge-metrics"];

    private static readonly string[] Levels = ["trace", "debug", "info", "warning", "warn", "error", "critical", "fatal", "off", "none"];

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

    public static PolicyRule Annotations { get; } = new(
        "istio-annotations", Severity.Error, "An annotation of Istio's is one that it knows, on pods, with a value that it understands.",
        stack => stack.Manifests.SelectMany(OfObject).Concat(Pods.In(stack).SelectMany(pods => OfTemplate(stack, pods))))
    {
        Others = "istioctl IST0107, IST0108, IST0125",
    };

    public static PolicyRule PortNames { get; } = new(
        "port-name", Severity.Error, "A Service's port names its protocol, which is HTTP or gRPC where routes by HTTP lead to it.", stack => OfPortNames(stack).Concat(OfRoutedPorts(stack)))
    {
        Others = "istioctl IST0118",
    };

    public static PolicyRule Tracing { get; } = new(
        "telemetry-provider", Severity.Error, "A Telemetry names who gets its traces, as istiod's values call it.", stack => OfTelemetry(stack).Concat(OfProviders(stack)).Concat(OfOtlp(stack)).Concat(OfSilence(stack)))
    {
        Others = "istioctl IST0157",
    };

    // What is written at the workload itself is not given to its pods.
    private static IEnumerable<Violation> OfObject(RenderedManifest manifest) =>
        from annotation in manifest.Body.TextMembers("metadata.annotations")
        let parts = annotation.Key.Split('/')
        where manifest.Manifest.Kind != "Pod" && PodAnnotations.ContainsKey(parts[0])
        select new Violation(manifest.Manifest.DisplayName, $"its annotation {annotation.Key} has an effect on pods alone", "Write it in spec.template.metadata.annotations.");

    private static IEnumerable<Violation> OfTemplate(RenderedStack stack, Pods pods)
    {
        foreach (var (key, value) in pods.Template.TextMembers("metadata.annotations"))
        {
            var parts = key.Split('/');
            if (PodAnnotations.TryGetValue(parts[0], out var known) && !known.Contains(parts[^1]))
            {
                yield return new(pods.Workload, $"Istio does not know the annotation {key} of its pods", $"Use one of {string.Join(", ", known)}, or leave it out.");
            }

            if ((Flags.Contains(parts[^1]) && PodAnnotations.ContainsKey(parts[0]) && value is not ("true" or "false")) || (parts[^1].EndsWith("ogLevel", StringComparison.Ordinal) && PodAnnotations.ContainsKey(parts[0]) && !value.Split(',').All(level => Levels.Contains(level.Split(':')[^1]))))
            {
                yield return new(pods.Workload, $"{key} is \"{value}\", which Istio does not know", $"Use {(Flags.Contains(parts[^1]) ? "true or false" : $"one of {string.Join(", ", Levels)}")}.");
            }

            // With mutual TLS alone the kubelet's probes get in by the agent (istio.io, "Health Checking of Istio Services").
            if (key == "sidecar.istio.io/rewriteAppHTTPProbers" && value == "false" && stack.OfKind("PeerAuthentication").Any(peer => peer.Body.Text("spec.mtls.mode") == "STRICT"))
            {
                yield return new(pods.Workload, $"{key} is false, and mutual TLS is STRICT: the kubelet's probes are refused", "Leave it out.");
            }

            if (key == "proxy.istio.io/config" && !ProxyConfig().IsMatch(value))
            {
                yield return new(pods.Workload, $"{key} is \"{value}\", which is not a ProxyConfig: its pods are not created", "Write its fields as YAML or JSON.");
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

    private static IEnumerable<Violation> OfTelemetry(RenderedStack stack) =>
        from telemetry in stack.OfKind("Telemetry")
        from tracing in telemetry.Body.Items("spec.tracing")
        where !tracing.Items("providers").Any() && tracing.Flag("disableSpanReporting") != true
        select new Violation(telemetry.Manifest.DisplayName, "spec.tracing names no provider, and is ignored", "Name one of meshConfig.extensionProviders.");

    private static IEnumerable<Violation> OfSilence(RenderedStack stack) =>
        from telemetry in stack.OfKind("Telemetry")
        from tracing in telemetry.Body.Items("spec.tracing").Index()
        where tracing.Item.Flag("disableSpanReporting") == true || tracing.Item.Real("randomSamplingPercentage") is 0 or > 100
        select new Violation(telemetry.Manifest.DisplayName, $"spec.tracing[{tracing.Index}] reports no trace: {tracing.Item.ToJsonString()}", "Set randomSamplingPercentage between 0 and 100, or leave tracing out.");

    // OTLP is gRPC on 4317 and HTTP on 4318 (OpenTelemetry, "OTLP Exporter Configuration"; istio.io, reference of MeshConfig, OpenTelemetryTracingProvider).
    private static IEnumerable<Violation> OfOtlp(RenderedStack stack) =>
        (from control in stack.Releases
         from provider in control.Values.Items("meshConfig.extensionProviders")
         let port = provider.Number("opentelemetry.port")
         where port == (provider.At("opentelemetry.http") is null ? 4318 : 4317)
         select new Violation(control.DisplayName, $"the provider {provider.Text("name")} sends {(port == 4318 ? "gRPC to 4318, the port for HTTP" : "HTTP to 4317, the port for gRPC")}", $"Use {(port == 4318 ? 4317 : 4318)}."))
        .Concat(from container in Pods.In(stack).SelectMany(pods => pods.Containers)
                let protocol = container.Body.Items("env").FirstOrDefault(variable => variable.Text("name") == "OTEL_EXPORTER_OTLP_PROTOCOL").Text("value")
                from variable in container.Body.Items("env")
                where variable.Text("name")?.StartsWith("OTEL_EXPORTER_OTLP_", StringComparison.Ordinal) == true && variable.Text("name")!.EndsWith("ENDPOINT", StringComparison.Ordinal)
                    && variable.Text("value")?.TrimEnd('/').EndsWith(protocol switch { "grpc" => ":4318", null => ":none", _ => ":4317" }, StringComparison.Ordinal) == true
                select container.Violation($"{variable.Text("name")} is {variable.Text("value")}, and its protocol is {protocol}: the port is that of the other one", "gRPC is on 4317, HTTP on 4318."));

    // Only where istiod's values are declared are its providers known.
    private static IEnumerable<Violation> OfProviders(RenderedStack stack) =>
        from control in stack.Releases
        where control.Chart == "istiod"
        let known = control.Values.Items("meshConfig.extensionProviders").Select(provider => provider.Text("name")).ToList()
        from telemetry in stack.OfKind("Telemetry")
        from name in ((string[])["tracing", "accessLogging"]).SelectMany(part => telemetry.Body.Items($"spec.{part}")).SelectMany(part => part.Items("providers")).Select(provider => provider.Text("name")).Where(name => name is not ("envoy" or "prometheus"))
        where !known.Contains(name)
        select new Violation(telemetry.Manifest.DisplayName, $"the provider {name} is none of istiod's meshConfig.extensionProviders", "Declare it there, or name another one.");

    [GeneratedRegex(@"\A(\*|[0-9]{1,5}(,[0-9]{1,5})*)?\z")]
    private static partial Regex PortList();

    // A mapping, of either form.
    [GeneratedRegex(@"\A\s*(\{.*\}\s*|[A-Za-z]+:(\s.*)?)\z", RegexOptions.Singleline)]
    private static partial Regex ProxyConfig();
}
