using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What EKS Auto Mode is told of nodes (Karpenter, "NodePools"; EKS user guide, "create-node-class" and "auto-net-pol").</summary>
internal static class NodePools
{
    public static PolicyRule Rule { get; } = new(
        "node-pool", Severity.Error, "Nodes have a declared class with a role, a limit and an end, and obey the network policies.",
        stack => stack.OfKind("NodePool").SelectMany(pool => OfPool(stack, pool)).Concat(OfClasses(stack)).Concat(OfPolicies(stack)));

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
