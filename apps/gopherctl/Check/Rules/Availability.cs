using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What keeps a service answering while its pods come and go.</summary>
internal static class Availability
{
    private static readonly string[] Serving = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"];

    private static readonly string[] BudgetNames = ["podDisruptionBudget", "pdb"];

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

    public static PolicyRule Budgets { get; } = new(
        "disruption-budget", Severity.Error, "Replicated pods have a disruption budget, which allows the eviction of some of them.",
        stack => OfUnbudgeted(stack).Concat(OfBudgeted(stack)).Concat(stack.OfKind("PodDisruptionBudget").SelectMany(budget => OfBudget(stack, budget))).Concat(Charts.OfBudgets(stack)))
    {
        Others = "kube-score deployment-has-poddisruptionbudget, statefulset-has-poddisruptionbudget, poddisruptionbudget-has-policy; kube-linter pdb-max-unavailable, pdb-min-available, pdb-unhealthy-pod-eviction-policy",
    };

    public static PolicyRule Autoscaling { get; } = new(
        "autoscaling", Severity.Error, "An autoscaler has a workload that is declared, and that leaves its replicas to it.", OfAutoscalers)
    {
        Others = "kube-score horizontalpodautoscaler-has-target, deployment-targeted-by-hpa-does-not-have-replicas-configured; kube-linter dangling-horizontalpodautoscaler",
    };

    /// <summary>The pods that answer for long.</summary>
    public static IEnumerable<Pods> Workloads(RenderedStack stack) => Pods.In(stack).Where(pods => Serving.Contains(pods.Manifest.Manifest.Kind));

    /// <summary>How many pods a workload has at least: what its autoscaler or it itself says.</summary>
    public static long LeastPods(RenderedStack stack, Pods pods) =>
        Scalers(stack, pods.Manifest).Select(scaler => scaler.Body.Number("spec.minReplicas") ?? 1).Cast<long?>().FirstOrDefault()
        ?? pods.Manifest.Body.Number("spec.replicas") ?? 1;

    private static IEnumerable<RenderedManifest> Scalers(RenderedStack stack, RenderedManifest workload) =>
        stack.OfKind("HorizontalPodAutoscaler").Where(scaler => scaler.Space == workload.Space
            && scaler.Body.Text("spec.scaleTargetRef.kind") == workload.Manifest.Kind
            && scaler.Body.Text("spec.scaleTargetRef.name") == workload.Manifest.Name);

    private static IEnumerable<Violation> OfReplicas(RenderedStack stack) =>
        from pods in Pods.In(stack)
        where pods.Manifest.Manifest.Kind == "Deployment"
        let least = LeastPods(stack, pods)
        where least < 2
        select new Violation(pods.Workload, $"it has {least} pod at least: nobody answers while that one is replaced", "Give it two replicas or more.");

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from release in stack.Releases
        where BudgetNames.Any(name => release.Values.At(name) is not null) && release.Values.Number("replicaCount") < 2
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

    private static IEnumerable<Violation> OfUnbudgeted(RenderedStack stack) =>
        from pods in Pods.In(stack)
        where pods.Manifest.Manifest.Kind is "Deployment" or "StatefulSet" && LeastPods(stack, pods) > 1
        where !stack.OfKind("PodDisruptionBudget").Any(budget => budget.Space == pods.Manifest.Space && LabelSelector.Takes(budget.Body.At("spec.selector"), pods.Labels))
        select new Violation(pods.Workload, "no disruption budget selects its pods: draining nodes may evict all of them at once", "Declare a PodDisruptionBudget with its labels.");

    private static IEnumerable<Violation> OfBudget(RenderedStack stack, RenderedManifest budget)
    {
        var (most, least) = (budget.Body.At("spec.maxUnavailable")?.ToJsonString().Trim('"'), budget.Body.At("spec.minAvailable")?.ToJsonString().Trim('"'));
        var pods = Pods.In(stack).Where(own => own.Manifest.Space == budget.Space).ToList();
        var selected = pods.Where(candidate => LabelSelector.Takes(budget.Body.At("spec.selector"), candidate.Labels)).ToList();
        if (most is null && least is null)
        {
            yield return new(budget.Manifest.DisplayName, "it has neither maxUnavailable nor minAvailable", "Set maxUnavailable to 1.");
        }

        if (most is "0" or "0%" || least == "100%" || (long.TryParse(least, out var number) && selected.Exists(own => LeastPods(stack, own) <= number)))
        {
            yield return new(budget.Manifest.DisplayName, "it never lets a pod go: no node can be drained", "Set maxUnavailable to 1, and minAvailable not at all.");
        }

        if (most == "100%" || (long.TryParse(most, out var gone) && gone > 1 && selected.Count > 0 && selected.Sum(own => LeastPods(stack, own)) <= gone))
        {
            yield return new(budget.Manifest.DisplayName, $"maxUnavailable is {most}: it lets all pods go at once", "Set maxUnavailable to 1.");
        }

        if (budget.Body.At("spec.unhealthyPodEvictionPolicy") is null)
        {
            yield return new(budget.Manifest.DisplayName, "without unhealthyPodEvictionPolicy a pod that never became ready keeps its node from being drained", "Set it to AlwaysAllow.");
        }

        if (pods.Count > 0 && selected.Count == 0)
        {
            yield return new(budget.Manifest.DisplayName, "it is about no declared pod", "Give spec.selector the labels of pods.");
        }
    }

    // The eviction API answers 500 for a pod of two budgets (Kubernetes, "Specifying a Disruption Budget", arbitrary selectors).
    private static IEnumerable<Violation> OfBudgeted(RenderedStack stack) =>
        from pods in Pods.In(stack)
        let budgets = stack.OfKind("PodDisruptionBudget").Where(budget => budget.Space == pods.Manifest.Space && LabelSelector.Takes(budget.Body.At("spec.selector"), pods.Labels)).Select(budget => budget.Manifest.DisplayName).ToList()
        where budgets.Count > 1
        select new Violation(budgets[0], $"it and {string.Join(" and ", budgets.Skip(1))} select the pods of {pods.Workload}, which no drain can evict then: the API takes one budget for a pod", "Give each budget the labels of its own pods.");
}
