using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// The requirements of a NodePool are of labels that nodes have, with values that one node can have: otherwise it makes none, and says so in its events alone
/// (EKS user guide, "create-node-pool"; Karpenter, "Well-Known Labels").
/// </summary>
internal static class NodeRequirements
{
    private const string Own = "eks.amazonaws.com";

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["kubernetes.io/arch"] = ["amd64", "arm64"],
        ["kubernetes.io/os"] = ["linux"],
        ["karpenter.sh/capacity-type"] = ["on-demand", "spot", "reserved"],
        [$"{Own}/compute-type"] = ["auto"],
        [$"{Own}/instance-hypervisor"] = ["nitro", ""],
        [$"{Own}/instance-category"] = ["a", "c", "d", "dl", "f", "g", "gr", "h", "hpc", "i", "im", "inf", "is", "m", "p", "r", "t", "trn", "u", "vt", "x", "z"],
        [$"{Own}/instance-cpu-manufacturer"] = ["aws", "intel", "amd"],
        [$"{Own}/instance-encryption-in-transit-supported"] = ["true", "false"],
        [$"{Own}/instance-capability-flex"] = ["true", "false"],
    };

    private static readonly string[] Numbers =
        [.. new[] { "cpu", "generation", "memory", "cpu-sustained-clock-speed-mhz", "ebs-bandwidth", "network-bandwidth", "gpu-count", "gpu-memory", "local-nvme", "accelerator-count" }.Select(name => $"{Own}/instance-{name}")];

    private static readonly string[] Names =
    [
        "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "topology.k8s.aws/zone-id", "node.kubernetes.io/instance-type", "karpenter.sh/nodepool", $"{Own}/nodeclass",
        .. new[] { "instance-family", "instance-size", "instance-tenancy", "instance-gpu-name", "instance-gpu-manufacturer", "instance-accelerator-name", "instance-accelerator-manufacturer", "capacity-reservation-id", "capacity-reservation-type", "capacity-reservation-interruptible" }.Select(name => $"{Own}/{name}"),
    ];

    // What no node is without.
    private static readonly string[] OfAll = ["kubernetes.io/arch", "kubernetes.io/os", "karpenter.sh/capacity-type", "topology.kubernetes.io/zone", "node.kubernetes.io/instance-type", $"{Own}/instance-category", $"{Own}/instance-family", .. Numbers[..3]];

    public static PolicyRule Rule { get; } = new(
        "node-requirement", Severity.Error, "A NodePool of Auto Mode requires labels that its nodes have, with values that one node can have.",
        stack => from pool in stack.OfKind("NodePool")
                 where pool.Body.Text("spec.template.spec.nodeClassRef.group") == Own
                 let requirements = pool.Body.Items("spec.template.spec.requirements").ToList()
                 from problem in requirements.Select(requirement => Problem(stack, requirement)).Concat(requirements.GroupBy(requirement => requirement.Text("key") ?? "").Select(Contradiction)).OfType<string>()
                 select new Violation(pool.Manifest.DisplayName, $"{problem}: it makes no nodes", "Require what the EKS user guide names (create-node-pool, supported labels)."));

    private static string? Problem(RenderedStack stack, JsonNode requirement)
    {
        var (key, means, values) = (requirement.Text("key") ?? "", requirement.Text("operator"), requirement.Texts("values").ToList());
        if (!Values.ContainsKey(key) && !Numbers.Contains(key) && !Names.Contains(key))
        {
            return IsOfOthers(key) ? $"its requirement {key} is no label of Auto Mode's nodes" : null;
        }

        List<string> zones = key == "topology.kubernetes.io/zone" ? [.. AwsNetwork.OfNodes(stack).Select(subnet => subnet.Inputs.Text("availabilityZone")).OfType<string>()] : [];
        return means switch
        {
            "In" or "NotIn" when values.Count == 0 => $"its requirement {key} has no values",
            "Exists" or "DoesNotExist" when values.Count > 0 => $"its requirement {key} has values, which {means} does not take",
            "DoesNotExist" when OfAll.Contains(key) => $"its requirement {key} is that it does not exist, and every node has it",
            "Gt" or "Lt" or "Gte" or "Lte" when values is not [var bound] || !long.TryParse(bound, out _) => $"its requirement {key} has {string.Join(", ", values)}, and {means} takes one number",
            "In" or "NotIn" when values.Find(value => !IsOfANode(key, value)) is { } wrong => $"its requirement {key} has {wrong}, which no node has",
            "In" when zones.Count > 0 && values.Find(value => !zones.Contains(value)) is { } zone => $"its requirement {key} has {zone}, in which no subnet of its class is",
            "NotIn" when key == "kubernetes.io/arch" && !Values[key].Except(values).Any() => $"its requirement {key} leaves nothing",
            _ => null,
        };
    }

    // Auto Mode starts instances of two CPUs at least, and EC2 has none with an odd number above one.
    private static bool IsOfANode(string key, string value) =>
        key == Numbers[0] ? long.TryParse(value, out var cpus) && cpus > 0 && cpus % 2 == 0
        : Numbers.Contains(key) ? long.TryParse(value, out _)
        : !Values.TryGetValue(key, out var taken) || taken.Contains(value);

    // Labels of these domains are given by Kubernetes, Karpenter and EKS alone; others may be one's own.
    private static bool IsOfOthers(string key) => key.Split('/') is [var domain, _] && (domain is Own or "karpenter.k8s.aws" or "karpenter.sh" or "kubernetes.io" or "k8s.io" || domain.EndsWith(".kubernetes.io", StringComparison.Ordinal) || domain.EndsWith(".k8s.aws", StringComparison.Ordinal));

    private static string? Contradiction(IGrouping<string, JsonNode> of)
    {
        bool Holds(string value) => of.All(requirement => requirement.Text("operator") switch
        {
            "In" => requirement.Texts("values").Contains(value),
            "NotIn" => !requirement.Texts("values").Contains(value),
            "DoesNotExist" => false,
            "Gt" => Bound(requirement) is not { } least || !long.TryParse(value, out var number) || number > least,
            "Lt" => Bound(requirement) is not { } most || !long.TryParse(value, out var number) || number < most,
            _ => true,
        });
        var named = of.Where(requirement => requirement.Text("operator") == "In").SelectMany(requirement => requirement.Texts("values")).ToList();
        var bounds = (Least: of.Where(requirement => requirement.Text("operator") == "Gt").Select(Bound).Max(), Most: of.Where(requirement => requirement.Text("operator") == "Lt").Select(Bound).Min());
        return (named.Count > 0 && !named.Exists(Holds)) || bounds.Most <= bounds.Least + 1 ? $"no value of {of.Key} meets all of its requirements" : null;
    }

    private static long? Bound(JsonNode requirement) => requirement.Texts("values").FirstOrDefault() is { } text && long.TryParse(text, out var bound) ? bound : null;
}
