using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What EKS Auto Mode is told of nodes (Karpenter, "NodePools"; EKS user guide, "create-node-class" and "auto-net-pol").</summary>
internal static class NodePools
{
    // EKS user guide, "automode": a node of Auto Mode lives no longer.
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(21);

    private static readonly TimeSpan ShortestLife = TimeSpan.FromHours(1);

    // Above it most of what a service runs on may go at once; Karpenter's default is 10.
    private const int LargestBudget = 50;

    // EKS user guide, "create-node-class".
    private static readonly string[] Reserved = ["kubernetes.io/cluster/", "karpenter.sh/provisioner-name", "karpenter.sh/nodepool", "karpenter.sh/nodeclaim", "karpenter.sh/managed-by", "eks.amazonaws.com/nodeclass"];

    public static PolicyRule Rule { get; } = new(
        "node-pool", Severity.Error, "Nodes have a declared class with a role, subnets and security groups, a limit, an end and time for it, and obey the network policies.",
        stack => stack.OfKind("NodePool").SelectMany(pool => OfPool(stack, pool).Concat(OfBudgets(pool)).Concat(OfTimes(stack, pool))).Concat(OfClasses(stack)).Concat(OfPolicies(stack)));

    /// <summary>EKS best practices, "Reliability", data plane; EKS user guide, "network-reqs": subnets in two zones at least.</summary>
    public static PolicyRule Zones { get; } = new(
        "one-zone", Severity.Error, "Nodes and subnets are in two zones at least.", stack => OfSubnets(stack).Concat(OfNodes(stack)));

    private static IEnumerable<Violation> OfPool(RenderedStack stack, RenderedManifest pool)
    {
        var reference = pool.Body.At("spec.template.spec.nodeClassRef");
        if (reference.Text("kind") is { } kind && reference.Text("name") is { } name && Classes(stack).Any() && !Classes(stack).Any(declared => declared.Manifest.Kind == kind && declared.Manifest.Name == name
            && (reference.Text("group") is not { } group || declared.Manifest.ApiVersion.Split('/')[0] == group)))
        {
            yield return new(pool.Manifest.DisplayName, $"its {kind} {name}{(reference.Text("group") is { } of ? $" of {of}" : "")} is not declared: it makes no nodes", "Name one that is declared.");
        }

        if (pool.Body.At("spec.limits.cpu") is null && pool.Body.At("spec.limits.nodes") is null)
        {
            yield return new(pool.Manifest.DisplayName, "it has no limits of CPUs: pods that ask for more and more get, and bill, as many nodes", "Set spec.limits.cpu.");
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
        let nodes = budget.Text("nodes") ?? ""
        let isNone = nodes is "0" or "0%"
        let share = nodes.EndsWith('%') && int.TryParse(nodes[..^1], CultureInfo.InvariantCulture, out var percent) ? percent : 0
        let problem = share > LargestBudget ? $"is {nodes}: {(share == 100 ? "all" : "most")} nodes may be replaced at once"
            : (budget.At("schedule") is null) != (budget.At("duration") is null) ? "has a schedule or a duration without the other: Karpenter refuses it"
            : isNone && budget.At("schedule") is null && budget.Items("reasons").Count() is 0 or 3 ? $"is {nodes}: no node is ever replaced"
            : isNone && Period(budget.Text("schedule")) is { } period && Durations.TryParse(budget.Text("duration") ?? "", out var duration) && duration >= period ? $"is {nodes} for {budget.Text("duration")} of {period.TotalHours:0} hours: no node is ever replaced"
            : null
        where problem is not null
        select new Violation(pool.Manifest.DisplayName, $"its disruption budget {problem}", "Leave budgets out, which means 10%.");

    // How often a simple schedule begins; null for one of which more would have to be known.
    private static TimeSpan? Period(string? schedule) => (schedule ?? "").Split(' ') switch
    {
        ["@hourly"] or [_, "*", "*", "*", "*"] => TimeSpan.FromHours(1),
        ["@daily"] or ["@midnight"] or [_, not "*", "*", "*", "*"] => TimeSpan.FromDays(1),
        ["@weekly"] or [_, not "*", "*", "*", { Length: 1 or 3 } and not "*"] => TimeSpan.FromDays(7),
        _ => null,
    };

    private static IEnumerable<Violation> OfTimes(RenderedStack stack, RenderedManifest pool)
    {
        var ends = Pods.In(stack).Where(pods => pods.Manifest.Manifest.Kind != "DaemonSet").Select(pods => (Name: pods.Workload, Seconds: pods.Spec.Number("terminationGracePeriodSeconds") ?? 30))
            .Concat(stack.Releases.SelectMany(release => release.Values.Walk().Where(found => found.Path.Split('.')[^1] == "terminationGracePeriodSeconds").Select(found => (Name: release.DisplayName, Seconds: long.TryParse(found.Node.ToJsonString(), out var seconds) ? seconds : 0))));
        if (Durations.TryParse(pool.Body.Text("spec.template.spec.terminationGracePeriod") ?? "", out var grace) && ends.OrderByDescending(end => end.Seconds).FirstOrDefault() is { Name: not null } last && last.Seconds > grace.TotalSeconds)
        {
            yield return new(pool.Manifest.DisplayName, $"terminationGracePeriod ends a node after {grace.TotalSeconds:0} s, and {last.Name} gives its pods {last.Seconds} s to end", "Raise it above the longest terminationGracePeriodSeconds, and what disruption budgets wait for.");
        }

        if (Durations.TryParse(pool.Body.Text("spec.template.spec.expireAfter") ?? "", out var life) && (life <= ShortestLife || (life > LongestLife && pool.Body.Text("spec.template.spec.nodeClassRef.group") == "eks.amazonaws.com")))
        {
            yield return new(pool.Manifest.DisplayName, $"expireAfter is {life.TotalHours:0.#} hours: {(life > LongestLife ? "Auto Mode ends a node after 21 days, at an hour of its own" : "every pod is moved all the time, whatever its disruption budget")}", "Set it to days, 21 at most.");
        }
    }

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
            var zones = ids.Select(id => AwsReferences.Find(stack, id, AwsReferences.Subnet)?.Inputs.Text("availabilityZone") ?? id).Distinct().ToList();
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

    private static IEnumerable<RenderedManifest> Classes(RenderedStack stack) => stack.OfKind("NodeClass").Concat(stack.OfKind("EC2NodeClass"));

    private static IEnumerable<Violation> OfClasses(RenderedStack stack) =>
        from declared in stack.OfKind("NodeClass")
        where declared.Manifest.ApiVersion.StartsWith("eks.amazonaws.com/", StringComparison.Ordinal)
        let groups = declared.Body.Items("spec.securityGroupSelectorTerms").ToList()
        let problem = declared.Body.At("spec.role") is null && declared.Body.At("spec.instanceProfile") is null ? "it has neither role nor instanceProfile: its nodes cannot join"
            : !declared.Body.Items("spec.subnetSelectorTerms").Any() ? "it selects no subnets"
            : groups.Count == 0 ? "it selects no security groups"
            : groups.Select(term => term.Text("id")).FirstOrDefault(id => id is not null && !IsGroup(stack, id)) is { } id ? $"its security group {id} is none that lets nodes reach the cluster"
            : declared.Manifest.Name == "default" ? "its name is that of the class which EKS makes"
            : (declared.Body.At("spec.tags") as JsonObject ?? []).Select(tag => tag.Key).FirstOrDefault(tag => Array.Exists(Reserved, tag.StartsWith)) is { } tag ? $"its tag {tag} is EKS' own"
            : declared.Body.At("spec.networkPolicy") is null && stack.OfKind("NetworkPolicy").Any() ? "it has no networkPolicy: no NetworkPolicy is obeyed"
            : null
        where problem is not null
        select new Violation(declared.Manifest.DisplayName, problem, "Set what is missing, as the EKS user guide has it (create-node-class).");

    // That of a declared cluster, as the evaluation of the program has it, one that is declared, or one that was there.
    private static bool IsGroup(RenderedStack stack, string id) =>
        EksCluster.In(stack).Any(cluster => id == $"sg-{cluster.Resource.Name}-cluster" || id == $"sg-{cluster.Resource.Name}-node") || AwsReferences.Find(stack, id, "aws:ec2/securityGroup:SecurityGroup") is not null
            || (id.StartsWith("sg-", StringComparison.Ordinal) && id[3..].All(char.IsAsciiHexDigitLower));

    // EKS user guide, "auto-net-pol".
    private static IEnumerable<Violation> OfPolicies(RenderedStack stack) =>
        stack.OfKind("NetworkPolicy").Any() && stack.OfKind("NodeClass").FirstOrDefault(declared => declared.Manifest.ApiVersion.StartsWith("eks.amazonaws.com/", StringComparison.Ordinal)) is { } nodes
            && !stack.OfKind("ConfigMap").Any(map => map is { Space: "kube-system", Manifest.Name: "amazon-vpc-cni" } && map.Body.Text("data.enable-network-policy-controller") is "true" or "false")
            ? [new(nodes.Manifest.DisplayName, "no ConfigMap kube-system/amazon-vpc-cni has enable-network-policy-controller: no NetworkPolicy is obeyed", "Declare it, with \"true\".")]
            : OfSwitch(stack);

    private static IEnumerable<Violation> OfSwitch(RenderedStack stack) =>
        from map in stack.OfKind("ConfigMap")
        where map is { Space: "kube-system", Manifest.Name: "amazon-vpc-cni" } && map.Body.Text("data.enable-network-policy-controller") == "false" && stack.OfKind("NetworkPolicy").Any()
        select new Violation(map.Manifest.DisplayName, "enable-network-policy-controller is false: no NetworkPolicy is obeyed", "Set it to \"true\".");
}
