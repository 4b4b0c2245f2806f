using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What keeps a service answering while its pods come and go.</summary>
internal static class Availability
{
    // Kubernetes' defaults: Probe.periodSeconds, Probe.failureThreshold.
    private const long ProbePeriod = 10;
    private const long ProbeFailures = 3;

    // What Kubernetes' defaults leave to a container that fails, which on a busy node, with no more than it requests, is a short time to start in.
    private const long ShortStart = ProbePeriod * ProbeFailures;

    private static readonly string[] Serving = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

    private static readonly string[] ProbeKinds = ["livenessProbe", "readinessProbe", "startupProbe"];

    private static readonly string[] PortPaths = ["httpGet.port", "tcpSocket.port", "grpc.port"];

    // What makes two probes one question, as kube-score compares them: headers do not.
    private static readonly string[][] Asked = [["httpGet.port", "httpGet.path"], ["tcpSocket.port"], ["grpc.port", "grpc.service"], ["exec.command"]];

    private static readonly string[] Budgets = ["podDisruptionBudget", "pdb"];

    public static PolicyRule Probes { get; } = new(
        "probes", Severity.Error, "Every container that serves has a liveness and a readiness probe, which differ and ask a port of its own.",
        stack => Workloads(stack).SelectMany(pods => pods.Spec.Items("containers").Select(body => new Container(pods, body))).SelectMany(OfProbes))
    {
        Others = "kube-score pod-probes, pod-probes-identical; kube-linter no-liveness-probe, no-readiness-probe, liveness-port, readiness-port, startup-port; checkov CKV_K8S_8, CKV_K8S_9",
    };

    /// <summary>A warning, as only its author knows how long a container starts.</summary>
    public static PolicyRule Start { get; } = new(
        "slow-start", Severity.Warning, "A container has more time to start than its livenessProbe leaves to one that fails.",
        stack => Workloads(stack).SelectMany(pods => pods.Spec.Items("containers").Select(body => new Container(pods, body))).SelectMany(OfStart));

    public static PolicyRule Replicas { get; } = new(
        "replicas", Severity.Warning, "A Deployment has two replicas at least, and so has a chart that is given a disruption budget.",
        stack => OfReplicas(stack).Concat(OfCharts(stack)))
    {
        Others = "kube-score deployment-replicas, horizontalpodautoscaler-replicas; kube-linter minimum-three-replicas, hpa-minimum-three-replicas (three there)",
    };

    public static PolicyRule Spread { get; } = new(
        "spread", Severity.Error, "The replicas of a workload are spread over nodes.", stack => OfSpread(stack).Concat(Charts.OfSpread(stack)))
    {
        Others = "kube-score deployment-has-host-podantiaffinity, statefulset-has-host-podantiaffinity, pod-topology-spread-constraints; kube-linter no-anti-affinity",
    };

    public static PolicyRule RollingUpdate { get; } = new(
        "rolling-update", Severity.Error, "A Deployment replaces its pods step by step.", OfStrategy)
    {
        Others = "kube-score deployment-strategy; kube-linter no-rolling-update-strategy",
    };

    public static PolicyRule Autoscaling { get; } = new(
        "autoscaling", Severity.Error, "An autoscaler has a workload that is declared, and that leaves its replicas to it.", OfAutoscalers)
    {
        Others = "kube-score horizontalpodautoscaler-has-target, deployment-targeted-by-hpa-does-not-have-replicas-configured; kube-linter dangling-horizontalpodautoscaler",
    };

    private static IEnumerable<Pods> Workloads(RenderedStack stack) => Pods.In(stack).Where(pods => Serving.Contains(pods.Manifest.Manifest.Kind));

    /// <summary>How many pods a workload has at least: what its autoscaler or it itself says.</summary>
    public static long LeastPods(RenderedStack stack, Pods pods) =>
        Scalers(stack, pods.Manifest).Select(scaler => scaler.Body.Number("spec.minReplicas") ?? 1).Cast<long?>().FirstOrDefault()
        ?? pods.Manifest.Body.Number("spec.replicas") ?? 1;

    private static IEnumerable<RenderedManifest> Scalers(RenderedStack stack, RenderedManifest workload) =>
        stack.OfKind("HorizontalPodAutoscaler").Where(scaler => scaler.Space == workload.Space
            && scaler.Body.Text("spec.scaleTargetRef.kind") == workload.Manifest.Kind
            && scaler.Body.Text("spec.scaleTargetRef.name") == workload.Manifest.Name);

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

        var ports = container.Body.Items("ports").ToList();
        foreach (var (kind, port) in ProbeKinds.SelectMany(kind => PortPaths.Select(path => (kind, container.Body.At($"{kind}.{path}")))))
        {
            if (port is not null && !ports.Exists(own => JsonNode.DeepEquals(own.Member("containerPort"), port) || JsonNode.DeepEquals(own.Member("name"), port)))
            {
                yield return container.Violation($"{kind} asks the port {port.ToJsonString()}, which is not a port of the container", "Name one of its ports.");
            }
        }
    }

    // Kubernetes, "Configure Liveness, Readiness and Startup Probes": the livenessProbe counts from the start where no startupProbe is before it.
    private static IEnumerable<Violation> OfStart(Container container)
    {
        var liveness = container.Body.At("livenessProbe");
        var time = (liveness.Number("initialDelaySeconds") ?? 0) + ((liveness.Number("periodSeconds") ?? ProbePeriod) * (liveness.Number("failureThreshold") ?? ProbeFailures));
        if (liveness is not null && container.Body.At("startupProbe") is null && time <= ShortStart)
        {
            yield return container.Violation($"its livenessProbe restarts it when it has not started after {time} s, and again then", "Declare a startupProbe, which gives a start more time than a failure.");
        }
    }

    private static IEnumerable<Violation> OfReplicas(RenderedStack stack) =>
        from pods in Pods.In(stack)
        where pods.Manifest.Manifest.Kind == "Deployment"
        let least = LeastPods(stack, pods)
        where least < 2
        select new Violation(pods.Workload, $"it has {least} pod at least: nobody answers while that one is replaced", "Give it two replicas or more.");

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from release in stack.Releases
        where Budgets.Any(name => release.Values.At(name) is not null) && release.Values.Number("replicaCount") < 2
        select new Violation(release.DisplayName, "replicaCount is less than 2, and there is a disruption budget", "Set replicaCount to 2 or more.");

    private static IEnumerable<Violation> OfSpread(RenderedStack stack) =>
        from pods in Workloads(stack)
        where pods.Manifest.Manifest.Kind != "DaemonSet" && LeastPods(stack, pods) > 1
        where !pods.Spec.Items("topologySpreadConstraints").Any(spread => spread.Text("topologyKey") == "kubernetes.io/hostname")
            && pods.Spec.At("affinity.podAntiAffinity") is null
        select new Violation(
            pods.Workload, "nothing spreads its pods over nodes: all of them may run on one node, and end with it",
            "Declare topologySpreadConstraints over kubernetes.io/hostname, or a podAntiAffinity.");

    private static IEnumerable<Violation> OfStrategy(RenderedStack stack) =>
        from deployment in stack.OfKind("Deployment")
        let type = deployment.Body.Text("spec.strategy.type") ?? "RollingUpdate"
        let unavailable = deployment.Body.At("spec.strategy.rollingUpdate.maxUnavailable").AsText()
        where type != "RollingUpdate" || unavailable == "100%"
        select new Violation(
            deployment.Manifest.DisplayName, type == "RollingUpdate" ? "strategy.rollingUpdate.maxUnavailable is 100%" : $"strategy.type is {type}",
            "Use RollingUpdate, and replace pods one by one.");

    // Pulumi sets what it ignores once, as the workload is made.
    private static bool IsLeft(RenderedStack stack, RenderedManifest workload) =>
        stack.Resources.Any(resource => resource.IgnoreChanges.Contains("spec.replicas") && RenderedStack.NameOf(resource) == workload.Manifest.DisplayName);

    private static IEnumerable<Violation> OfAutoscalers(RenderedStack stack)
    {
        foreach (var scaler in stack.OfKind("HorizontalPodAutoscaler"))
        {
            var (kind, name) = (scaler.Body.Text("spec.scaleTargetRef.kind"), scaler.Body.Text("spec.scaleTargetRef.name"));
            var target = stack.Manifests.FirstOrDefault(manifest => manifest.Manifest.Kind == kind && manifest.Manifest.Name == name && manifest.Space == scaler.Space);
            if (target is null)
            {
                yield return new(scaler.Manifest.DisplayName, $"its target, {kind} {name}, is not declared", "Name a workload of its namespace.");
            }
            else if (target.Body.At("spec.replicas") is not null && !IsLeft(stack, target))
            {
                yield return new(target.Manifest.DisplayName, "spec.replicas is set, and so is an autoscaler: every update scales it back", "Leave spec.replicas out.");
            }

            if (scaler.Body.Number("spec.minReplicas") > scaler.Body.Number("spec.maxReplicas"))
            {
                yield return new(scaler.Manifest.DisplayName, "minReplicas is above maxReplicas: the API server refuses it", "Raise maxReplicas.");
            }

            // Utilization is a part of what is requested (Kubernetes, "Horizontal Pod Autoscaling").
            foreach (var resource in scaler.Body.Items("spec.metrics").Where(metric => metric.At("resource.target.averageUtilization") is not null).Select(metric => metric.Text("resource.name")))
            {
                if (target?.Body.Items("spec.template.spec.containers").All(container => (container.At("resources.requests") as JsonObject)?[resource ?? ""] is null) == true)
                {
                    yield return new(scaler.Manifest.DisplayName, $"it scales by a part of the {resource} that {kind} {name} requests, which requests none", "Set resources.requests.");
                }
            }
        }
    }
}
