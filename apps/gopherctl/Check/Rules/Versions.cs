using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Versions of one service, which are pods with one label <c>app</c> and several labels <c>version</c>, are compared by what they answer. That says something
/// of their images only where all else is the same.
/// </summary>
internal static partial class Versions
{
    private const int MostDifferences = 3;

    // What names an item of a list, so that an item more is one difference.
    private static readonly string[] Names = ["name", "topologyKey", "key", "port", "containerPort"];

    /// <summary>A warning, as a version may need more than the one before it.</summary>
    public static PolicyRule Alike { get; } = new(
        "unlike-versions", Severity.Warning, "Versions of a service differ in their image, their name and their number of pods alone, and all routes split their requests in one way.",
        stack => Parts(stack).GroupBy(part => part.Service).SelectMany(OfParts).Concat(stack.OfKind("VirtualService").SelectMany(OfSplits)));

    public static PolicyRule Named { get; } = new(
        "wrong-version", Severity.Error, "A container has the image of its own service and says its own version, and a route or a subset is for one.",
        stack => Pods.In(stack).SelectMany(pods => OfNames(stack, pods).Concat(OfImages(stack, pods))).Concat(OfWhole(stack)));

    private static string? AppOf(Pods pods) => pods.Labels["app"].AsText();

    private static string? VersionOf(Pods pods) => pods.Labels["version"].AsText();

    private static IEnumerable<Part> Parts(RenderedStack stack) =>
        (from pods in Pods.In(stack)
         let version = VersionOf(pods)
         where AppOf(pods) is not null && version is not null
         select new Part($"{pods.Manifest.Manifest.Kind} {pods.Manifest.Space}/{AppOf(pods)}", version, pods.Workload, pods.Manifest.Body.At("spec")))
        .Concat(from budget in stack.OfKind("PodDisruptionBudget")
                let labels = budget.Body.At("spec.selector.matchLabels")
                where labels.Text("app") is not null && labels.Text("version") is not null
                select new Part($"budget {budget.Space}/{labels.Text("app")}", labels.Text("version")!, budget.Manifest.DisplayName, budget.Body.At("spec")))
        .Concat(from subset in Subset.In(stack)
                where subset.Labels["version"].AsText() is not null
                let own = subset.Rule.Body.Items("spec.subsets").FirstOrDefault(found => found.Text("name") == subset.Name).At("trafficPolicy")
                select new Part($"subset {subset.Host}", subset.Labels["version"].AsText()!, subset.Rule.Manifest.DisplayName, new JsonObject { ["trafficPolicy"] = (own ?? subset.Rule.Body.At("spec.trafficPolicy"))?.DeepClone() }));

    private static IEnumerable<Violation> OfParts(IEnumerable<Part> parts)
    {
        var all = parts.ToList();
        var first = Leaves(all[0]);
        foreach (var other in all.Skip(1).Where(other => other.Version != all[0].Version))
        {
            var leaves = Leaves(other);
            var paths = leaves.Keys.Union(first.Keys).Where(path => leaves.GetValueOrDefault(path) != first.GetValueOrDefault(path)).Order(StringComparer.Ordinal);
            foreach (var path in paths.Take(MostDifferences))
            {
                yield return new(
                    other.Name, $"{path} is {leaves.GetValueOrDefault(path) ?? "not there"}, and {first.GetValueOrDefault(path) ?? "not there"} in {all[0].Name}, the version {all[0].Version} of the same: the two are not judged on equal terms",
                    "Give both the same, or let an exception say why the new version needs another.");
            }
        }
    }

    private static Dictionary<string, string> Leaves(Part part)
    {
        var leaves = new Dictionary<string, string>();
        Add(part.Body, "spec");
        return leaves;

        void Add(JsonNode? node, string path, string? name = null)
        {
            switch (node)
            {
                case JsonObject members:
                    foreach (var (key, value) in members.Where(member => member.Key != "image" && member.Key != name && $"{path}.{member.Key}" != "spec.replicas"))
                    {
                        Add(value, $"{path}.{key}");
                    }

                    break;
                case JsonArray items:
                    foreach (var (index, item) in items.Index())
                    {
                        var naming = Names.FirstOrDefault(member => item.Member(member) is not null);
                        Add(item, $"{path}[{(naming is null ? $"{index}" : item.Member(naming)?.ToJsonString().Trim('"'))}]", naming);
                    }

                    break;
                case not null:
                    leaves[path] = Word(part.Version).Replace(node.ToJsonString().Trim('"'), "its version");
                    break;
                default:
                    break;
            }
        }
    }

    private static Regex Word(string version) => new($"(?<![A-Za-z0-9.]){Regex.Escape(version)}(?![A-Za-z0-9.])");

    // What one route learns of a canary is not what another one sends to it.
    private static IEnumerable<Violation> OfSplits(RenderedManifest service) =>
        from same in service.Body.Items("spec.http").Index().Where(route => route.Item.Items("route").Count() > 1 && route.Item.Items("route").All(target => target.At("destination.subset") is not null))
            .GroupBy(route => string.Join(", ", route.Item.Items("route").Select(target => target.At("destination")?.ToJsonString()).Order(StringComparer.Ordinal)))
        let first = same.First()
        from route in same.Skip(1)
        where Split(route.Item) != Split(first.Item)
        select new Violation(
            service.Manifest.DisplayName, $"spec.http[{route.Index}] sends {Split(route.Item)}, and spec.http[{first.Index}] {Split(first.Item)}: the weight of a version depends on the request", "Give both the same weights.");

    private static string Split(JsonNode route) =>
        string.Join(", ", route.Items("route").Select(target => $"{target.Number("weight") ?? 0} to {target.Text("destination.subset")}").Order(StringComparer.Ordinal));

    private static IEnumerable<Violation> OfNames(RenderedStack stack, Pods pods)
    {
        var own = VersionOf(pods);
        var others = Pods.In(stack).Where(other => other.Manifest.Space == pods.Manifest.Space && AppOf(other) == AppOf(pods)).Select(VersionOf).OfType<string>().Where(other => other != own).ToHashSet();
        return from container in pods.Containers
               from variable in container.Body.Items("env")
               let value = variable.Text("value")
               where own is not null && value is not null && value != own
                   && (others.Contains(value) || (variable.Text("name")?.EndsWith("VERSION", StringComparison.Ordinal) == true && Numbered().IsMatch(own) && Numbered().IsMatch(value)))
               select container.Violation($"{variable.Text("name")} is {value}, and its pods are of the version {own}", "Name the version that its label names.");
    }

    private static IEnumerable<Violation> OfWhole(RenderedStack stack)
    {
        foreach (var (rule, host, name) in Subset.In(stack).Where(subset => subset.Labels.Count == 0).Select(subset => (subset.Rule, subset.Host, subset.Name)))
        {
            yield return new(rule.Manifest.DisplayName, $"the subset {name} of {host} has no labels, and so the pods of every version", "Give it the labels of its version.");
        }

        foreach (var service in stack.OfKind("VirtualService"))
        {
            var targets = service.Body.Walk().Where(found => found.Path.EndsWith(".destination", StringComparison.Ordinal)).ToList();
            foreach (var (path, target) in targets.Where(target => target.Node.At("subset") is null && targets.Exists(other => other.Node.At("subset") is not null && other.Node.Text("host") == target.Node.Text("host"))))
            {
                yield return new(service.Manifest.DisplayName, $"{path} names no subset of {target.Text("host")}, and so the pods of every version", "Name the version that is meant.");
            }
        }
    }

    private static IEnumerable<Violation> OfImages(RenderedStack stack, Pods pods) =>
        from body in pods.Spec.Items("containers")
        let repository = (body.Text("image") ?? "").Split('@')[0].Split('/')[^1].Split(':')[0]
        let app = AppOf(pods)
        where app is not null && repository != app && Pods.In(stack).Any(other => other.Manifest.Space == pods.Manifest.Space && AppOf(other) == repository)
        select new Container(pods, body).Violation($"its image is that of {repository}, which is another service", $"Name the image of {app}.");

    [GeneratedRegex(@"\Av[0-9]+([.][0-9]+)*\z")]
    private static partial Regex Numbered();

    private sealed record Part(string Service, string Version, string Name, JsonNode? Body);
}
