using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>The kubelet learns whether a container has started, is ready and is alive (Kubernetes, "Configure Liveness, Readiness and Startup Probes").</summary>
internal static class ProbeRules
{
    // Kubernetes' defaults: Probe.periodSeconds, Probe.failureThreshold.
    private const long ProbePeriod = 10;
    private const long ProbeFailures = 3;

    // What Kubernetes' defaults leave to a container that fails, which on a busy node, with no more than it requests, is a short time to start in.
    private const long ShortStart = ProbePeriod * ProbeFailures;
    private const long ShortestStart = 10;

    // A longer one is a finding of its own (pod-times).
    private const long LongestPeriod = 60;

    private static readonly string[] ProbeKinds = ["livenessProbe", "readinessProbe", "startupProbe"];

    private static readonly string[] PortPaths = ["httpGet.port", "tcpSocket.port", "grpc.port"];

    // What makes two probes one question, as kube-score compares them: headers do not.
    private static readonly string[][] Asked = [["httpGet.port", "httpGet.path"], ["tcpSocket.port"], ["grpc.port", "grpc.service"], ["exec.command"]];

    public static PolicyRule Probes { get; } = new(
        "probes", Severity.Error, "Every container that serves has a liveness and a readiness probe, which differ and ask a port of its own.",
        stack => Availability.Workloads(stack).SelectMany(pods => pods.Spec.Items("containers").Select(body => new Container(pods, body)).SelectMany(container => OfProbes(container).Concat(OfAsked(stack, container)))))
    {
        Others = "kube-score pod-probes, pod-probes-identical; kube-linter no-liveness-probe, no-readiness-probe, liveness-port, readiness-port, startup-port; checkov CKV_K8S_8, CKV_K8S_9",
    };

    /// <summary>A warning, as only its author knows how long a container starts.</summary>
    public static PolicyRule Start { get; } = new(
        "slow-start", Severity.Warning, "A container has more time to start than its livenessProbe leaves to one that fails.",
        stack => Availability.Workloads(stack).SelectMany(pods => pods.Spec.Items("containers").Select(body => new Container(pods, body))).SelectMany(OfStart));

    private static IEnumerable<Violation> OfProbes(Container container)
    {
        foreach (var kind in ProbeKinds.Take(2).Where(kind => container.Body.At(kind) is null))
        {
            yield return container.Violation($"there is no {kind}", "Declare one that asks the container itself.");
        }

        var (liveness, readiness) = (container.Body.At("livenessProbe"), container.Body.At("readinessProbe"));
        if (Asked.Any(parts => parts.All(part => JsonNode.DeepEquals(liveness.At(part), readiness.At(part))) && liveness.At(parts[0]) is not null))
        {
            yield return container.Violation("livenessProbe and readinessProbe ask the same: a pod that is only busy is restarted", "Let readiness ask more, and fail first.");
        }
        else if (liveness.Text("httpGet.path")?.Split('/')[^1].StartsWith("ready", StringComparison.OrdinalIgnoreCase) == true)
        {
            yield return container.Violation($"livenessProbe asks {liveness.Text("httpGet.path")}: a pod that waits for another is restarted", "Ask whether the process answers.");
        }

        foreach (var kind in ProbeKinds.Where(kind => container.Body.At(kind) is JsonObject probe && !((string[])["httpGet", "tcpSocket", "grpc", "exec"]).Any(probe.ContainsKey)))
        {
            yield return container.Violation($"{kind} asks nothing: the API server refuses it", "Give it a httpGet.");
        }

        var ports = container.Body.Items("ports").ToList();
        foreach (var (kind, port) in ProbeKinds.SelectMany(kind => PortPaths.Select(path => (kind, container.Body.At($"{kind}.{path}")))))
        {
            if (port is not null && !ports.Exists(own => JsonNode.DeepEquals(own.Member("containerPort"), port) || JsonNode.DeepEquals(own.Member("name"), port)))
            {
                yield return container.Violation($"{kind} asks the port {port.ToJsonString()}, which is not a port of the container", "Name one of its ports.");
            }
        }
    }

    private static IEnumerable<Violation> OfAsked(RenderedStack stack, Container container)
    {
        var served = container.Pods.Services(stack).SelectMany(service => service.Body.Items("spec.ports")).Select(port => port.Member("targetPort") ?? port.Member("port")).ToList();
        bool IsServed(JsonNode port) => served.Exists(target => JsonNode.DeepEquals(target, port.Member("containerPort")) || JsonNode.DeepEquals(target, port.Member("name")));
        var ports = container.Body.Items("ports").ToList();
        foreach (var asked in PortPaths.Select(path => container.Body.At($"readinessProbe.{path}")).OfType<JsonNode>().Where(_ => ports.Exists(IsServed)))
        {
            if (ports.Find(port => JsonNode.DeepEquals(asked, port.Member("containerPort")) || JsonNode.DeepEquals(asked, port.Member("name"))) is { } own && !IsServed(own))
            {
                yield return container.Violation($"its readinessProbe asks the port {asked.ToJsonString()}, to which no Service sends: it says nothing of the one that is called", "Ask the port that the Service sends to.");
            }
        }

        foreach (var kind in ProbeKinds.Where(kind => container.Body.Text($"{kind}.httpGet.host") is not null || (container.Body.Text($"{kind}.httpGet.scheme") == "HTTPS" && container.Body.Text($"{kind}.httpGet.port")?.StartsWith("http", StringComparison.Ordinal) == true && container.Body.Text($"{kind}.httpGet.port") != "https")))
        {
            yield return container.Violation($"{kind} asks {container.Body.Text($"{kind}.httpGet.host") ?? "by HTTPS a port for HTTP"}, and not what the container serves", "Leave host and scheme out.");
        }
    }

    // Kubernetes, "Configure Liveness, Readiness and Startup Probes": the livenessProbe counts from the start where no startupProbe is before it.
    private static IEnumerable<Violation> OfStart(Container container)
    {
        var (liveness, startup) = (container.Body.At("livenessProbe"), container.Body.At("startupProbe"));
        var first = Window(startup);
        if (startup is not null && first < ShortestStart)
        {
            yield return container.Violation($"its startupProbe restarts it when it has not started after {first} s, and again then", $"Give it {ShortStart} s: raise failureThreshold.");
        }

        var (restart, leave) = (Window(liveness), Window(container.Body.At("readinessProbe")));
        if (liveness is not null && container.Body.At("readinessProbe") is not null && leave > restart && (container.Body.Number("readinessProbe.periodSeconds") ?? ProbePeriod) <= LongestPeriod)
        {
            yield return container.Violation($"its livenessProbe restarts it after {restart} s, before its readinessProbe takes it out of its Service after {leave} s", "Let readiness fail first.");
        }

        var time = (liveness.Number("initialDelaySeconds") ?? 0) + restart;
        if (liveness is not null && startup is null && time <= ShortStart)
        {
            yield return container.Violation($"its livenessProbe restarts it when it has not started after {time} s, and again then", "Declare a startupProbe, which gives a start more time than a failure.");
        }
    }

    private static long Window(JsonNode? probe) => (probe.Number("periodSeconds") ?? ProbePeriod) * (probe.Number("failureThreshold") ?? ProbeFailures);
}
