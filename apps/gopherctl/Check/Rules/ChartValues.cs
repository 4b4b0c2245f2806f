using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What the values of Helm releases say. Charts use Kubernetes' names for Kubernetes' fields; what a chart does with them is its own.
/// </summary>
internal static class ChartValues
{
    /// <summary>Every value with one of the names.</summary>
    public static IEnumerable<ChartValue> Named(RenderedStack stack, params string[] names) =>
        from release in stack.Releases
        from found in release.Values.Walk()
        let name = found.Path.Split('.')[^1]
        where names.Contains(name)
        select new ChartValue(release.DisplayName, found.Path, name, found.Node);
}

/// <summary>A value that is given to a chart.</summary>
internal sealed record ChartValue(string Release, string Path, string Name, JsonNode Node);

/// <summary>
/// The rules of workloads, for those that charts make: of a release whose values say how many pods it has, they say the rest as well. What a chart
/// takes where a value is absent is in the chart, and its next version may take something else.
/// </summary>
internal static class Charts
{
    // Kubernetes' default of PodSpec.terminationGracePeriodSeconds, and that of Istio's gateway chart.
    private const long GracePeriod = 30;

    private static readonly string[] Budgets = ["podDisruptionBudget", "pdb"];

    private static readonly string[] Scalings = ["replicaCount", "replicas", "autoscaleMin"];

    /// <summary>
    /// Istio's charts are of one release: the control plane may be one minor version ahead of the proxies and behind the CRDs, never the other way round
    /// (istio.io, "Supported Releases", control plane and data plane skew; "Upgrade with Helm").
    /// </summary>
    public static PolicyRule Versions { get; } = new(
        "chart-version", Severity.Error, "Istio's charts have versions that work together.", OfVersions);

    /// <summary>What <c>disruption-budget</c> asks, of charts.</summary>
    public static IEnumerable<Violation> OfBudgets(RenderedStack stack)
    {
        foreach (var release in Replicated(stack))
        {
            var budget = Budgets.Select(name => release.Values.At(name)).OfType<JsonObject>().FirstOrDefault(found => found.Count > 0);
            var (most, least) = (budget.At("maxUnavailable")?.ToJsonString().Trim('"'), budget.At("minAvailable")?.ToJsonString().Trim('"'));
            if (budget is null)
            {
                yield return new(release.DisplayName, "its values have no disruption budget: draining nodes may evict all of its pods at once", $"Set {string.Join(" or ", Budgets)}, as its chart calls it.");
            }
            else if (most is "0" or "0%" or "100%" || least == "100%")
            {
                yield return new(release.DisplayName, $"its disruption budget lets {(most == "100%" ? "all pods go at once" : "no pod go: no node can be drained")}", "Set maxUnavailable to 1.");
            }
            else if (budget.At("unhealthyPodEvictionPolicy") is null)
            {
                yield return new(release.DisplayName, "without unhealthyPodEvictionPolicy in its disruption budget a pod that never became ready keeps its node from being drained", "Set it to AlwaysAllow.");
            }
        }
    }

    /// <summary>What <c>pod-times</c> asks, of charts.</summary>
    public static IEnumerable<Violation> OfEnds(RenderedStack stack) =>
        from release in stack.Releases
        from found in release.Values.Walk()
        let sleep = found.Node.Number("lifecycle.preStop.sleep.seconds")
        let grace = found.Node.Number("terminationGracePeriodSeconds") ?? GracePeriod
        where sleep >= grace
        select new Violation(release.DisplayName, $"{Path(found.Path, "lifecycle.preStop")} sleeps {sleep} s, and its pods are killed after {grace} s", "Raise terminationGracePeriodSeconds above the sleep and the drain.");

    /// <summary>What <c>spread</c> asks, of charts.</summary>
    public static IEnumerable<Violation> OfSpread(RenderedStack stack) =>
        from release in Replicated(stack)
        where !release.Values.Items("topologySpreadConstraints").Any(spread => spread.Text("topologyKey") == "kubernetes.io/hostname") && release.Values.At("affinity.podAntiAffinity") is null
        select new Violation(release.DisplayName, "its values spread its pods over no nodes: all of them may run on one node, and end with it", "Set topologySpreadConstraints over kubernetes.io/hostname.");

    /// <summary>What <c>resource-limits</c> asks, of charts whose values say nothing of resources.</summary>
    public static IEnumerable<Violation> OfResources(RenderedStack stack) =>
        from release in stack.Releases
        where Scalings.Any(name => release.Values.At(name) is not null) && release.Values.At("resources") is null
        select new Violation(release.DisplayName, "its values have no resources: what its pods may take is the chart's to say", "Set resources with requests and limits.memory.");

    /// <summary>What <c>pod-parts</c> asks, of charts that claim a volume: a StorageClass that is declared, or a declared default. Auto Mode makes none (EKS user guide, "Create a storage class").</summary>
    public static IEnumerable<Violation> OfVolumes(RenderedStack stack)
    {
        var classes = stack.OfKind("StorageClass").ToList();
        var hasDefault = classes.Exists(declared => declared.Body.At("metadata.annotations").Member("storageclass.kubernetes.io/is-default-class").AsText() == "true");
        return
            from release in EksCluster.In(stack).Any(cluster => cluster.IsAuto) ? stack.Releases : []
            from found in release.Values.Walk()
            where found.Path.Split('.')[^1] is "persistentVolume" or "persistence" && found.Node.Flag("enabled") == true && found.Node.At("existingClaim") is null
            let named = found.Node.Text("storageClassName") ?? found.Node.Text("storageClass")
            where named is null or "" ? !hasDefault : !classes.Exists(declared => declared.Manifest.Name == named)
            select new Violation(
                release.DisplayName,
                $"{found.Path} claims a volume of {(named is null or "" ? "the default StorageClass, and none is declared" : $"the StorageClass {named}, which is not declared")}: its pods stay Pending",
                "Declare a StorageClass whose provisioner is ebs.csi.eks.amazonaws.com, and name it.");
    }

    /// <summary>What <c>process-settings</c> asks, of a Prometheus: it deletes old data by its size before the volume is full (Prometheus, "Storage", retention.size).</summary>
    public static IEnumerable<Violation> OfRetention(RenderedStack stack) =>
        from release in stack.Releases
        from found in release.Values.Walk()
        let text = found.Node.Text("retentionSize")
        where text is { Length: > 0 }
        let volume = found.Node.Flag("persistentVolume.enabled") == true ? "persistentVolume.size" : "emptyDir.sizeLimit"
        // KB, MB and GB are powers of two there.
        where PodConsistency.Amount(JsonValue.Create($"{text.TrimEnd('B')}i")) > PodConsistency.Amount(found.Node.At(volume))
        select new Violation(release.DisplayName, $"{Path(found.Path, "retentionSize")} is {text}, and its volume ({volume}) has {found.Node.Text(volume)}: it is full before anything is deleted", "Keep retentionSize at four fifths of the volume.");

    private static IEnumerable<RenderedRelease> Replicated(RenderedStack stack) =>
        stack.Releases.Where(release => Scalings.Any(name => release.Values.Number(name) > 1) && release.Values.Flag("enabled") != false);

    private static string Path(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static IEnumerable<Violation> OfVersions(RenderedStack stack)
    {
        if (stack.Releases.FirstOrDefault(release => release.Chart == "istiod") is not { } control || Minor(control) is not { } version)
        {
            yield break;
        }

        foreach (var other in stack.Releases.Where(release => release.Chart is "base" or "gateway" or "cni" or "ztunnel" && release != control))
        {
            var ahead = other.Chart == "base" ? Minor(other) - version : version - Minor(other);
            if (ahead is < 0 or > 1)
            {
                yield return new(other.DisplayName, $"its chart {other.Chart} is {other.Version}, and istiod's is {control.Version}", "Give Istio's charts one version, and go up one minor version at a time.");
            }
        }
    }

    // A next major version is no minor step.
    private static int? Minor(RenderedRelease release) => (release.Version ?? "").TrimStart('v').Split('.', '-') is [var major, var minor, ..]
        && int.TryParse(major, out var first) && int.TryParse(minor, out var second) ? (first * 1000) + second : null;
}
