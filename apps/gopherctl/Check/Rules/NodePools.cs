using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What EKS Auto Mode is told of nodes (Karpenter, "NodePools"; EKS user guide, "create-node-class" and "auto-net-pol").</summary>
internal static class NodePools
{
    public static PolicyRule Rule { get; } = new(
        "node-pool", Severity.Error, "Nodes have a declared class with a role, a limit and an end, and obey the network policies.",
        stack => stack.OfKind("NodePool").SelectMany(pool => OfPool(stack, pool).Concat(OfBudgets(pool))).Concat(OfClasses(stack)).Concat(OfPolicies(stack)));

    /// <summary>EKS best practices, "Reliability", data plane; EKS user guide, "network-reqs": subnets in two zones at least.</summary>
    public static PolicyRule Zones { get; } = new(
        "one-zone", Severity.Error, "Nodes and subnets are in two zones at least.", stack => OfSubnets(stack).Concat(OfNodes(stack)));

    private static IEnumerable<Violation> OfPool(RenderedStack stack, RenderedManifest pool)
    {
        var reference = pool.Body.At("spec.template.spec.nodeClassRef");
        if (reference.Text("kind") is { } kind && reference.Text("name") is { } name && stack.OfKind(kind).Any() && !stack.OfKind(kind).Any(declared => declared.Manifest.Name == name))
        {
            yield return new(pool.Manifest.DisplayName, $"its {kind} {name} is not declared: it makes no nodes", "Name one that is declared.");
        }

        if (pool.Body.At("spec.limits") is null)
        {
            yield return new(pool.Manifest.DisplayName, "it has no limits: pods that ask for more and more get, and bill, as many nodes", "Set spec.limits.");
        }

        if (pool.Body.Text("spec.template.spec.expireAfter") == "Never")
        {
            yield return new(pool.Manifest.DisplayName, "its nodes never expire, and keep the system that they started with", "Set expireAfter.");
        }

        if (pool.Body.Items("spec.template.spec.requirements").FirstOrDefault(requirement => requirement.Text("key") == "karpenter.sh/capacity-type") is { } capacity
            && capacity.Text("operator") == "In" && capacity.Texts("values").ToList() is ["spot"])
        {
            yield return new(pool.Manifest.DisplayName, "all of its nodes are spot instances, which AWS takes back at two minutes' notice, many at a time", "Allow on-demand too.");
        }
    }

    // A budget of none holds drift and expiry back as well (Karpenter, "Disruption", budgets); with a schedule it is a time without.
    private static IEnumerable<Violation> OfBudgets(RenderedManifest pool) =>
        from budget in pool.Body.Items("spec.disruption.budgets")
        let nodes = budget.Text("nodes")
        where (nodes is "0" or "0%" && budget.At("schedule") is null) || nodes == "100%"
        select new Violation(pool.Manifest.DisplayName, $"its disruption budget is {nodes}: {(nodes == "100%" ? "all nodes may be replaced at once" : "no node is ever replaced")}", "Leave budgets out, which means 10%.");

    private static IEnumerable<Violation> OfSubnets(RenderedStack stack) =>
        from network in stack.OfType("aws:ec2/vpc:Vpc")
        let zones = stack.OfType("aws:ec2/subnet:Subnet").Where(subnet => subnet.DependsOn.Contains(network.Urn)).Select(subnet => subnet.Inputs.Text("availabilityZone")).ToList()
        where zones.Count > 0 && !zones.Contains(null) && zones.Distinct().Count() == 1
        select new Violation(RenderedStack.NameOf(network), $"all of its subnets are in {zones[0]}: what fails there fails everywhere", "Declare subnets in two zones at least.");

    // A subnet is in one zone, so one id is one zone; a term by tags may mean more.
    private static IEnumerable<Violation> OfNodes(RenderedStack stack)
    {
        foreach (var declared in stack.OfKind("NodeClass").Concat(stack.OfKind("EC2NodeClass")))
        {
            var ids = declared.Body.Items("spec.subnetSelectorTerms").Select(term => term.Text("id")).ToList();
            var zones = ids.Select(id => CloudSettings.ById(stack, "aws:ec2/subnet:Subnet", id)?.Inputs.Text("availabilityZone") ?? id).Distinct().ToList();
            if (zones is [not null])
            {
                yield return new(declared.Manifest.DisplayName, $"its subnets are in one zone ({zones[0]}): all nodes fail with it", "Name subnets of two zones at least.");
            }
        }

        foreach (var (pool, zone) in stack.OfKind("NodePool").SelectMany(pool => pool.Body.Items("spec.template.spec.requirements").Where(requirement => requirement.Text("key") == "topology.kubernetes.io/zone"
            && requirement.Text("operator") == "In" && requirement.Texts("values").Distinct().Count() == 1).Select(requirement => (pool, requirement.Texts("values").First()))))
        {
            if (stack.OfKind("NodePool").Count() == 1)
            {
                yield return new(pool.Manifest.DisplayName, $"its nodes are in one zone ({zone}): all of them fail with it", "Allow two zones at least.");
            }
        }
    }

    private static IEnumerable<Violation> OfClasses(RenderedStack stack) =>
        from declared in stack.OfKind("NodeClass")
        where declared.Manifest.ApiVersion.StartsWith("eks.amazonaws.com/", StringComparison.Ordinal)
            && declared.Body.At("spec.role") is null && declared.Body.At("spec.instanceProfile") is null
        select new Violation(declared.Manifest.DisplayName, "it has neither role nor instanceProfile: its nodes cannot join", "Set spec.role.");

    private static IEnumerable<Violation> OfPolicies(RenderedStack stack) =>
        from map in stack.OfKind("ConfigMap")
        where map is { Space: "kube-system", Manifest.Name: "amazon-vpc-cni" } && map.Body.Text("data.enable-network-policy-controller") == "false" && stack.OfKind("NetworkPolicy").Any()
        select new Violation(map.Manifest.DisplayName, "enable-network-policy-controller is false: no NetworkPolicy is obeyed", "Set it to \"true\".");
}
