using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A NodePool makes a node for pods that ask for nothing else than it gives: labels by its template and its requirements, CPU up to its limit (Karpenter,
/// "Scheduling" and "NodePools"). Where other nodes are declared, or none, what they have is not known here.
/// </summary>
internal static class Scheduling
{
    private const string CapacitySuffix = "/instance-cpu";

    // Labels that the kubelet, the cloud or Karpenter sets (Kubernetes, "Well-Known Labels, Annotations and Taints"; EKS user guide, "create-node-pool").
    private static readonly string[] WellKnown = ["kubernetes.io", "k8s.io", "karpenter.sh", "eks.amazonaws.com", "karpenter.k8s.aws"];

    private static readonly string[] OtherNodes = ["aws:eks/nodeGroup:NodeGroup", "eks:index:ManagedNodeGroup", "eks:index:NodeGroup", "eks:index:NodeGroupV2", "aws:autoscaling/group:Group"];

    public static PolicyRule Nodes { get; } = new(
        "no-node", Severity.Error, "A declared NodePool makes nodes on which the pods may run.", OfPods);

    /// <summary>
    /// Pods resolve the names of Services by the cluster's DNS: with the policy Default they ask the node's, and with None whom dnsConfig names (Kubernetes,
    /// "DNS for Services and Pods").
    /// </summary>
    public static PolicyRule Names { get; } = new(
        "cluster-dns", Severity.Error, "Pods that call Services, or have a proxy that does, ask the cluster's DNS.",
        stack => from pods in Pods.In(stack)
                 let policy = pods.Spec.Text("dnsPolicy")
                 where policy == "Default" || (policy == "None" && !pods.Spec.Texts("dnsConfig.nameservers").Any())
                 where MeshMembers.Has(stack, pods) || CalledHost.Of(pods).Any()
                 select new Violation(pods.Workload, $"dnsPolicy is {policy}: its pods do not resolve the names of Services", "Leave dnsPolicy out."));

    private static IEnumerable<Violation> OfPods(RenderedStack stack)
    {
        var pools = stack.OfKind("NodePool").Where(pool => pool.Manifest.ApiVersion.StartsWith("karpenter.sh/", StringComparison.Ordinal)).ToList();
        if (pools.Count == 0 && Pods.In(stack).Any() && EksCluster.In(stack).FirstOrDefault(cluster => cluster.IsAuto && cluster.Inputs.At("autoMode.computeConfig.nodePools") is JsonArray { Count: 0 }) is { } empty)
        {
            return [new(empty.DisplayName, "it has no pool of nodes, neither EKS' nor a NodePool: no pod runs", "Declare a NodePool.")];
        }

        if (pools.Count == 0 || stack.Resources.Any(resource => OtherNodes.Contains(resource.Type) || resource.Inputs.Texts("autoMode.computeConfig.nodePools").Any()))
        {
            return [];
        }

        return Capacity(stack, pools).Concat(
               from pods in Pods.In(stack)
               where pods.Manifest.Manifest.Kind != "DaemonSet" && pods.Spec.Text("nodeName") is null
               let reasons = pools.Select(pool => Obstacle(pool.Body, pods)).ToList()
               where reasons.TrueForAll(reason => reason is not null)
               select new Violation(pods.Workload, $"no NodePool makes a node for its pods: {reasons[0]}", "Ask for what a NodePool gives, or let one give it."));
    }

    // What all pods request has to be within what all pools may make, and each pool has to make a node at least, or two where pods want two zones.
    private static IEnumerable<Violation> Capacity(RenderedStack stack, List<RenderedManifest> pools)
    {
        var zones = Pods.In(stack).SelectMany(pods => pods.Spec.Items("topologySpreadConstraints")).Concat(stack.Releases.SelectMany(release => release.Values.Items("topologySpreadConstraints")))
            .Where(spread => spread.Text("topologyKey") == "topology.kubernetes.io/zone" && spread.Text("whenUnsatisfiable") != "ScheduleAnyway").Select(spread => spread.Number("minDomains") ?? 1).DefaultIfEmpty(1).Max();
        foreach (var pool in pools)
        {
            var (limit, least) = (PodConsistency.Amount(pool.Body.At("spec.limits.cpu")), Sizes(pool.Body).DefaultIfEmpty(1).Min());
            if (limit < least * zones)
            {
                yield return new(pool.Manifest.DisplayName, $"its limit of {limit} CPUs is {(limit < least ? "none" : "fewer than " + zones)} of its smallest nodes, which have {least}{(limit < least ? "" : $", and pods want {zones} zones")}", "Raise spec.limits.cpu.");
            }
        }

        foreach (var resource in (string[])["cpu", "memory"])
        {
            var limits = pools.ConvertAll(pool => PodConsistency.Amount(pool.Body.At($"spec.limits.{resource}")));
            var wanted = Pods.In(stack).Where(pods => pods.Manifest.Manifest.Kind != "DaemonSet").Sum(pods => (pods.Manifest.Body.Number("spec.replicas") ?? 1) * pods.Spec.Items("containers").Sum(container => PodConsistency.Amount(container.At($"resources.requests.{resource}")) ?? 0))
                + stack.Releases.Sum(release => (release.Values.Number("replicaCount") ?? 1) * (PodConsistency.Amount(release.Values.At($"resources.requests.{resource}")) ?? 0));
            if (limits.TrueForAll(limit => limit is not null) && wanted > limits.Sum())
            {
                yield return new(pools[0].Manifest.DisplayName, $"all pods together request {wanted:0.##} of {resource}, and the limit is {limits.Sum():0.##}", $"Raise spec.limits.{resource}.");
            }
        }
    }

    private static string? Obstacle(JsonObject pool, Pods pods) =>
        Demands(pods).FirstOrDefault(demand => !Gives(pool, demand)) is { } missing ? $"they ask for {missing.Key} {string.Join(" or ", missing.Values)}"
        : Taints(pool).FirstOrDefault(taint => !pods.Spec.Items("tolerations").Any(toleration => Tolerates(toleration, taint))) is { } taint ? $"they do not tolerate {taint.Text("key")}"
        : Cpu(pods) > MostCpu(pool) ? $"they request {Cpu(pods)} CPUs, and its largest node has {MostCpu(pool)}"
        : null;

    // Of several nodeSelectorTerms one is enough, so that only one alone is a demand.
    private static IEnumerable<Demand> Demands(Pods pods) =>
        pods.Spec.TextMembers("nodeSelector").Select(label => new Demand(label.Key, [label.Value]))
            .Concat(pods.Spec.Items("affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms").ToList() is [var only]
                ? only.Items("matchExpressions").Where(expression => expression.Text("operator") is "In" or "Exists").Select(expression => new Demand(expression.Text("key") ?? "", [.. expression.Texts("values")]))
                : []);

    private static bool Gives(JsonObject pool, Demand demand)
    {
        var labels = pool.At("spec.template.metadata.labels") as JsonObject ?? [];
        if (labels[demand.Key].AsText() is { } value)
        {
            return demand.Values.Count == 0 || demand.Values.Contains(value);
        }

        var requirements = pool.Items("spec.template.spec.requirements").Where(requirement => requirement.Text("key") == demand.Key).ToList();
        var isKnown = requirements.Count > 0 || WellKnown.Any(domain => demand.Key.Split('/') is [var prefix, _] && (prefix == domain || prefix.EndsWith($".{domain}", StringComparison.Ordinal)));
        return isKnown && requirements.TrueForAll(requirement => demand.Values.Count == 0 || requirement.Text("operator") switch
        {
            "In" => requirement.Texts("values").Intersect(demand.Values).Any(),
            "NotIn" => demand.Values.Except(requirement.Texts("values")).Any(),
            "DoesNotExist" => false,
            _ => true,
        });
    }

    private static IEnumerable<JsonNode> Taints(JsonObject pool) => pool.Items("spec.template.spec.taints").Where(taint => taint.Text("effect") is "NoSchedule" or "NoExecute");

    private static bool Tolerates(JsonNode toleration, JsonNode taint) =>
        (toleration.Text("key") is null || toleration.Text("key") == taint.Text("key")) && (toleration.Text("effect") is null || toleration.Text("effect") == taint.Text("effect"))
            && (toleration.Text("operator") == "Exists" || (toleration.Text("value") ?? "") == (taint.Text("value") ?? ""));

    private static decimal Cpu(Pods pods) => pods.Spec.Items("containers").Sum(container => PodConsistency.Amount(container.At("resources.requests.cpu")) ?? 0);

    private static decimal MostCpu(JsonObject pool) =>
        Sizes(pool).DefaultIfEmpty(decimal.MaxValue).Max() is var largest && PodConsistency.Amount(pool.At("spec.limits.cpu")) is { } limit ? Math.Min(largest, limit) : largest;

    private static IEnumerable<decimal> Sizes(JsonObject pool) =>
        pool.Items("spec.template.spec.requirements").Where(requirement => requirement.Text("operator") == "In" && requirement.Text("key")?.EndsWith(CapacitySuffix, StringComparison.Ordinal) == true)
            .SelectMany(requirement => requirement.Texts("values")).Select(value => PodConsistency.Amount(JsonValue.Create(value)) ?? decimal.MaxValue);

    /// <summary>What <c>pod-parts</c> asks of names that somebody else has to make (Kubernetes, "Assigning Pods to Nodes", "Pod Readiness").</summary>
    public static IEnumerable<Violation> OfPlace(RenderedStack stack, Pods pods)
    {
        if (pods.Spec.Text("nodeName") is { } node)
        {
            yield return new(pods.Workload, $"nodeName is {node}: its pods are for this node alone, however full it is", "Leave nodeName out.");
        }

        if (pods.Spec.Text("schedulerName") is not (null or "default-scheduler") and var scheduler && stack.Resources.Count > 0)
        {
            yield return new(pods.Workload, $"schedulerName is {scheduler}, which nothing declares: its pods stay Pending", "Leave it out.");
        }

        if (pods.Spec.Text("runtimeClassName") is { } runtime && !stack.OfKind("RuntimeClass").Any(declared => declared.Manifest.Name == runtime) && stack.Resources.Count > 0)
        {
            yield return new(pods.Workload, $"the RuntimeClass {runtime} is not declared: the API server refuses its pods", "Declare it, or leave runtimeClassName out.");
        }

        foreach (var gate in pods.Spec.Items("readinessGates").Select(gate => gate.Text("conditionType") ?? "").Where(gate => !gate.StartsWith("target-health.", StringComparison.Ordinal) && stack.Resources.Count > 0))
        {
            yield return new(pods.Workload, $"its readinessGate {gate} is of no controller that is known: its pods never become ready", "Leave it out.");
        }

        foreach (var host in pods.Spec.Items("hostAliases").SelectMany(alias => alias.Texts("hostnames")).Where(host => host.EndsWith(".svc.cluster.local", StringComparison.Ordinal) || stack.OfKind("Service").Any(service => service.Manifest.Name == host.Split('.')[0])))
        {
            yield return new(pods.Workload, $"hostAliases give {host} an address of their own: its Service is not called", "Leave it out.");
        }

        foreach (var toleration in pods.Spec.Items("tolerations").Where(toleration => toleration.Text("operator") == "Exists" && toleration.Text("key") is null))
        {
            yield return new(pods.Workload, $"it tolerates every taint{(toleration.Text("effect") is { } effect ? $" of {effect}" : ", nodes that end or fail included")}", "Name the taint.");
        }
    }

    /// <summary>What <c>pod-parts</c> asks of Kubernetes' "Pod Topology Spread Constraints", those of charts included.</summary>
    public static IEnumerable<Violation> OfSpreads(RenderedStack stack)
    {
        var zones = stack.OfType("aws:ec2/subnet:Subnet").Select(subnet => subnet.Inputs.Text("availabilityZone")).Distinct().ToList();
        var spreads = Pods.In(stack).SelectMany(pods => pods.Spec.Items("topologySpreadConstraints").Select(spread => (Name: pods.Workload, Spread: spread, Labels: (JsonObject?)null)))
            .Concat(stack.Releases.SelectMany(release => release.Values.Items("topologySpreadConstraints")
                .Select(spread => (Name: release.DisplayName, Spread: spread, Labels: release.Chart == "istiod" ? new JsonObject { ["app"] = "istiod", ["istio"] = "pilot" } : release.Chart == "gateway" && release.Labels.Count > 0 ? release.Labels : null))));
        foreach (var (name, spread, labels) in spreads)
        {
            var (least, key) = (spread.Number("minDomains"), spread.Text("topologyKey") ?? "");
            if (key == "topology.kubernetes.io/zone" && zones.Count > 0 && !zones.Contains(null) && least > zones.Count)
            {
                yield return new(name, $"its pods are spread over {least} zones at least, and the network has {zones.Count}: {(spread.Text("whenUnsatisfiable") == "DoNotSchedule" ? "one of each zone runs, and the rest waits" : "the API server refuses it")}", "Lower minDomains.");
            }
            else if (least is not null && spread.Text("whenUnsatisfiable") == "ScheduleAnyway")
            {
                yield return new(name, "minDomains is set, and whenUnsatisfiable is ScheduleAnyway: the API server refuses it", "Leave minDomains out.");
            }

            if (LabelSelector.TakesAll(spread.At("labelSelector")))
            {
                yield return new(name, "a topologySpreadConstraint has no labelSelector, and counts no pods or those of others", "Give it the labels of the pods.");
            }

            if (spread.Text("whenUnsatisfiable") is not ("DoNotSchedule" or "ScheduleAnyway"))
            {
                yield return new(name, $"whenUnsatisfiable is {spread.Text("whenUnsatisfiable") ?? "not there"}: the API server refuses it", "Use DoNotSchedule or ScheduleAnyway.");
            }

            if (spread.Number("maxSkew") is < 1)
            {
                yield return new(name, "maxSkew is below 1: the API server refuses it", "Set it to 1.");
            }

            if (stack.OfKind("NodePool").Any() && !key.Contains(".io/", StringComparison.Ordinal) && !key.Contains("karpenter", StringComparison.Ordinal) && !key.Contains(".aws", StringComparison.Ordinal) && !stack.OfKind("NodePool").Any(pool => pool.Body.At("spec.template.metadata.labels").Member(key) is not null))
            {
                yield return new(name, $"its pods are spread over {key}, a label that no node has", "Use kubernetes.io/hostname or topology.kubernetes.io/zone.");
            }

            if (labels is not null && !LabelSelector.Takes(spread.At("labelSelector"), labels))
            {
                yield return new(name, $"its pods are spread by {spread.At("labelSelector")?.ToJsonString()}, which they do not have", "Give the labelSelector the labels of the pods.");
            }
        }
    }

    private sealed record Demand(string Key, IReadOnlyList<string> Values);
}
