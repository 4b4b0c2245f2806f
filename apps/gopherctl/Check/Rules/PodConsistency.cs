using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What a workload says of its pods does not contradict itself.</summary>
internal static class PodConsistency
{
    // Kubernetes' defaults: PodSpec.terminationGracePeriodSeconds, Probe.periodSeconds, Probe.failureThreshold.
    private const long GracePeriod = 30;
    private const long ProbePeriod = 10;
    private const long ProbeFailures = 3;

    private const long LongestReadinessPeriod = 60;
    private const long ShortestSleep = 2;
    private const long LongestHang = 600;

    private static readonly string[] Probes = ["livenessProbe", "readinessProbe", "startupProbe"];

    // Those that every cluster has (Kubernetes, "Guaranteed Scheduling For Critical Add-On Pods").
    private static readonly string[] Priorities = ["system-cluster-critical", "system-node-critical"];

    private static readonly (string Suffix, decimal Factor)[] Units =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("Ti", 1024m * 1024 * 1024 * 1024), ("n", 0.000_000_001m), ("u", 0.000_001m), ("m", 0.001m), ("k", 1000m), ("M", 1000_000m), ("G", 1000_000_000m),
        ("T", 1000_000_000_000m), ("", 1m),
    ];

    public static PolicyRule Times { get; } = new(
        "pod-times", Severity.Error, "Pods have the time that they need to start, to answer a probe and to end; those of a Service wait before they end.",
        stack => Pods.In(stack).SelectMany(pods => OfEnd(stack, pods).Concat(OfStart(pods)).Concat(OfProbes(pods))).Concat(Charts.OfEnds(stack)));

    public static PolicyRule Parts { get; } = new(
        "pod-parts", Severity.Error, "What a workload names is there, and its numbers can hold together.",
        stack => Pods.In(stack).SelectMany(pods => OfNames(stack, pods).Concat(OfResources(pods)).Concat(OfUpdates(stack, pods)).Concat(Scheduling.OfPlace(stack, pods))).Concat(Scheduling.OfSpreads(stack)).Concat(Charts.OfVolumes(stack)))
    {
        Others = "kube-linter priority-class-name",
    };

    /// <summary>A number with a unit (Kubernetes, resource.Quantity); null for what cannot be compared.</summary>
    public static decimal? Amount(JsonNode? quantity)
    {
        var text = quantity?.ToJsonString().Trim('"') ?? "";
        var (suffix, factor) = Units.First(unit => text.EndsWith(unit.Suffix, StringComparison.Ordinal));
        return decimal.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number * factor : null;
    }

    private static IEnumerable<JsonNode> Serving(Pods pods) => pods.Spec.Items("containers");

    private static IEnumerable<Violation> OfEnd(RenderedStack stack, Pods pods)
    {
        var grace = pods.Spec.Number("terminationGracePeriodSeconds") ?? GracePeriod;
        var isCalled = pods.Services(stack).Any();
        foreach (var container in Serving(pods).Select(body => new Container(pods, body)))
        {
            if (container.Body.Number("lifecycle.preStop.sleep.seconds") is { } sleep && sleep >= grace)
            {
                yield return container.Violation($"it sleeps {sleep} s before it ends, and its pod is killed after {grace} s", "Raise terminationGracePeriodSeconds above the sleep and the longest request.");
            }

            if (isCalled && container.Body.Number("lifecycle.preStop.sleep.seconds") is < ShortestSleep and var nap)
            {
                yield return container.Violation($"it sleeps {nap} s before it ends, in which its callers' proxies do not learn of its end", $"Let it sleep {ShortestSleep} s or more.");
            }

            // Kubernetes removes a pod from its endpoints while the pod ends, and callers learn of it later (Kubernetes, "Pod Lifecycle").
            if (isCalled && container.Body.At("readinessProbe") is not null && (container.Body.At("lifecycle.preStop") as JsonObject ?? []).Count == 0)
            {
                yield return container.Violation("it ends at once, while callers still send requests to it", "Give lifecycle.preStop a sleep of some seconds.");
            }
        }
    }

    private static IEnumerable<Violation> OfStart(Pods pods)
    {
        // Kubernetes' default of DeploymentSpec.progressDeadlineSeconds; the API server wants it above minReadySeconds.
        var deadline = pods.Manifest.Body.Number("spec.progressDeadlineSeconds") ?? 600;
        var wait = pods.Manifest.Body.Number("spec.minReadySeconds") ?? 0;
        if (wait >= deadline)
        {
            return [new Violation(pods.Workload, $"minReadySeconds is {wait}, and its rollout fails after {deadline} s: the API server refuses it", "Lower minReadySeconds.")];
        }

        return from body in Serving(pods)
               let start = body.At("startupProbe")
               let longest = start is null ? 0 : (start.Number("initialDelaySeconds") ?? 0) + ((start.Number("periodSeconds") ?? ProbePeriod) * (start.Number("failureThreshold") ?? ProbeFailures))
               let until = longest + (body.Number("readinessProbe.initialDelaySeconds") ?? 0) + wait
               where pods.Manifest.Manifest.Kind == "Deployment" && deadline < until
               select new Container(pods, body).Violation($"it may take {until} s to start and be ready, and its rollout fails after {deadline} s", "Raise progressDeadlineSeconds.");
    }

    private static IEnumerable<Violation> OfProbes(Pods pods)
    {
        foreach (var (body, kind) in Serving(pods).SelectMany(body => Probes.Where(kind => body.At(kind) is not null).Select(kind => (body, kind))))
        {
            var (container, probe) = (new Container(pods, body), body.At(kind));
            var period = probe.Number("periodSeconds") ?? ProbePeriod;
            if (probe.Number("timeoutSeconds") > period)
            {
                yield return container.Violation($"its {kind} waits {probe.Number("timeoutSeconds")} s for an answer, and asks every {period} s", "Set timeoutSeconds below periodSeconds.");
            }

            if (kind == "readinessProbe" && period > LongestReadinessPeriod)
            {
                yield return container.Violation($"it is asked every {period} s whether it is ready: so long no request reaches it, or too many", "Ask every few seconds.");
            }

            if (kind == "livenessProbe" && period * (probe.Number("failureThreshold") ?? ProbeFailures) > LongestHang)
            {
                yield return container.Violation($"it may hang for {period * (probe.Number("failureThreshold") ?? ProbeFailures)} s before its livenessProbe restarts it", "Lower periodSeconds and failureThreshold.");
            }

            if (kind == "livenessProbe" && probe.Number("failureThreshold") == 1)
            {
                yield return container.Violation("one slow answer to its livenessProbe restarts it", "Set failureThreshold to 3.");
            }
        }
    }

    private static IEnumerable<Violation> OfNames(RenderedStack stack, Pods pods)
    {
        var volumes = pods.Spec.Items("volumes").Select(volume => volume.Text("name")).ToHashSet();
        foreach (var container in pods.Containers)
        {
            foreach (var mount in container.Body.Items("volumeMounts").Where(mount => !volumes.Contains(mount.Text("name"))))
            {
                yield return container.Violation($"it mounts the volume {mount.Text("name")}, which its pod does not have", "Declare it in volumes.");
            }

            if (container.Body.Text("imagePullPolicy") == "Never")
            {
                yield return container.Violation("its image is never pulled: only a node that has it can start it", "Use IfNotPresent.");
            }
        }

        if (pods.Spec.Text("priorityClassName") is { } priority && !Priorities.Contains(priority) && !stack.OfKind("PriorityClass").Any(declared => declared.Manifest.Name == priority))
        {
            yield return new(pods.Workload, $"the PriorityClass {priority} is not declared: the API server refuses its pods", "Declare it, or leave priorityClassName out.");
        }

        foreach (var labels in pods.Spec.Items("topologySpreadConstraints").Select(spread => spread.At("labelSelector.matchLabels")).OfType<JsonObject>().Where(labels => !pods.Have(labels)))
        {
            yield return new(pods.Workload, $"its pods are spread by {labels.ToJsonString()}, which they do not have", "Give the labelSelector the labels of the pods.");
        }
    }

    private static IEnumerable<Violation> OfResources(Pods pods) =>
        from container in pods.Containers
        from request in container.Body.At("resources.requests") as JsonObject ?? []
        let limit = container.Body.At("resources.limits").Member(request.Key)
        where Amount(request.Value) > Amount(limit)
        select container.Violation($"it requests {request.Value?.ToJsonString()} of {request.Key}, above its limit of {limit?.ToJsonString()}: the API server refuses it", "Raise the limit.");

    private static IEnumerable<Violation> OfUpdates(RenderedStack stack, Pods pods)
    {
        if (pods.Manifest.Body.At("spec.strategy.rollingUpdate") is { } update && IsNone(update.At("maxSurge")) && IsNone(update.At("maxUnavailable")))
        {
            yield return new(pods.Workload, "maxSurge and maxUnavailable are both 0: the API server refuses it", "Set maxSurge to 1.");
        }

        if (pods.Manifest.Body.Flag("spec.paused") == true)
        {
            yield return new(pods.Workload, "it is paused: no change of its pods is rolled out", "Leave paused out.");
        }

        var (gone, least) = (pods.Manifest.Body.Number("spec.strategy.rollingUpdate.maxUnavailable"), Availability.LeastPods(stack, pods));
        if (gone >= least && least > 1)
        {
            yield return new(pods.Workload, $"maxUnavailable is {gone} of {least} pods: an update ends all of them at once", "Set it to 0, and maxSurge to 1.");
        }

        if (pods.Manifest.Body.Number("spec.revisionHistoryLimit") == 0)
        {
            yield return new(pods.Workload, "revisionHistoryLimit is 0: kubectl rollout undo has nothing to go back to", "Keep some revisions.");
        }
    }

    private static bool IsNone(JsonNode? number) => number?.ToJsonString().Trim('"') is "0" or "0%";
}
