using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What a container gets and what it may take at most. A limit of memory keeps its neighbours alive; one of CPU would only slow it down
/// while the node idles, and is not asked for.
/// </summary>
internal static class ResourceLimits
{
    // A process of less than this does not start; Envoy with the routes of a small mesh has some 50 MiB, istiod twice as much.
    private const decimal LeastMemory = 16 * Mebibyte;
    private const decimal LeastOfProxy = 64 * Mebibyte;
    private const decimal LeastOfControl = 128 * Mebibyte;
    private const decimal LeastCpu = 0.01m;
    private const decimal MostCpu = 32;
    private const decimal Mebibyte = 1024 * 1024;

    private const string Proxy = "sidecar.istio.io/proxy";

    private static readonly string[] Wanted = ["requests.cpu", "requests.memory", "limits.memory"];

    public static PolicyRule Rule { get; } = new(
        "resource-limits", Severity.Error, "Every container has requests and a limit of memory, in amounts that a process can live with.",
        stack => OfManifests(stack).Concat(OfCharts(stack)).Concat(Charts.OfResources(stack)).Concat(Amounts(stack).SelectMany(OfAmounts)))
    {
        Others = "kube-score container-resources; kube-linter unset-cpu-requirements, unset-memory-requirements; checkov CKV_K8S_10, CKV_K8S_12, CKV_K8S_13",
    };

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let missing = Wanted.Where(path => container.Body.At($"resources.{path}") is null).ToList()
        where missing.Count > 0
        select container.Violation($"resources is without {string.Join(" and ", missing)}", "Set them.");

    // Only what a value says; a chart without values for its resources may well have its own.
    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "resources")
        where (value.Node.At("requests") ?? value.Node.At("limits")) is not null && value.Node.At("limits.memory") is null
        select new Violation(value.Release, $"{value.Path} is without limits.memory", "Set it.");

    // What containers, charts and annotations of Istio's ask for, each with the name of who asks and the least memory for it.
    private static IEnumerable<Asked> Amounts(RenderedStack stack) =>
        Pods.In(stack).SelectMany(pods => pods.Containers).Select(container => new Asked(container.Violation, "resources", container.Body.At("resources"), LeastMemory, IsContainer: true))
            .Concat(from value in ChartValues.Named(stack, "resources")
                    let chart = stack.Releases.First(release => release.DisplayName == value.Release).Chart
                    select new Asked((problem, remedy) => new(value.Release, problem, remedy), value.Path, value.Node, value.Path.Contains("proxy", StringComparison.Ordinal) || chart == "gateway" ? LeastOfProxy : chart == "istiod" ? LeastOfControl : LeastMemory))
            .Concat(from pods in Pods.In(stack)
                    let annotations = pods.Template.At("metadata.annotations")
                    select new Asked((problem, remedy) => new(pods.Workload, problem, remedy), "of its proxy's annotations", new JsonObject
                    {
                        ["requests"] = new JsonObject { ["cpu"] = annotations.Member($"{Proxy}CPU")?.DeepClone(), ["memory"] = annotations.Member($"{Proxy}Memory")?.DeepClone() },
                        ["limits"] = new JsonObject { ["cpu"] = annotations.Member($"{Proxy}CPULimit")?.DeepClone(), ["memory"] = annotations.Member($"{Proxy}MemoryLimit")?.DeepClone() },
                    }, LeastOfProxy));

    private static IEnumerable<Violation> OfAmounts(Asked asked)
    {
        foreach (var (kind, name, quantity) in from kind in (string[])["requests", "limits"]
                                               from member in asked.Resources.At(kind) as JsonObject ?? []
                                               where member.Value is not null
                                               select (kind, member.Key, member.Value!))
        {
            var (path, amount) = ($"{asked.Path}.{kind}.{name}", PodConsistency.Amount(quantity));
            if (amount is null)
            {
                yield return asked.Violation($"{path} is {quantity.ToJsonString()}, which is no amount", "Write a number with a unit, as 128Mi or 100m.");
            }
            else if (name == "memory" && (kind == "limits" ? amount < asked.LeastMemory : amount < 1024 * 1024))
            {
                yield return asked.Violation($"{path} is {quantity.ToJsonString()}, {amount:0.###} bytes: what it is for {(kind == "limits" ? "is killed as it starts" : "needs more")}", $"Ask for {asked.LeastMemory / Mebibyte:0}Mi or more; m is a thousandth, and M or Mi are millions.");
            }
            else if (name == "cpu" && (amount > MostCpu || (kind == "limits" && amount < LeastCpu)))
            {
                yield return asked.Violation($"{path} is {quantity.ToJsonString()}, {amount:0.####} CPUs: {(amount > MostCpu ? "hardly a node has them" : "it hardly runs")}", "Write thousandths of a CPU with an m, as 100m.");
            }

            // Of containers pod-parts says it.
            if (kind == "requests" && !asked.IsContainer && amount > PodConsistency.Amount(asked.Resources.At("limits").Member(name)))
            {
                yield return asked.Violation($"{path} is {quantity.ToJsonString()}, above its limit: the API server refuses it", "Raise the limit.");
            }
        }
    }

    private sealed record Asked(Func<string, string, Violation> Violation, string Path, JsonNode? Resources, decimal LeastMemory, bool IsContainer = false);
}
