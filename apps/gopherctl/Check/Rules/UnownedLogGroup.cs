using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// The log group of a control plane is declared, and the cluster deleted before it: EKS makes the one it writes to where there is none,
/// without an end to what it keeps, and leaves it (EKS user guide, "control-plane-logs").
/// </summary>
internal static class UnownedLogGroup
{
    public static PolicyRule Rule { get; } = new(
        "unowned-log-group", Severity.Error, "The log group that EKS writes to is declared, with an end, and deleted after the cluster.",
        Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var order = new DependencyOrder(stack.Resources);
        return from cluster in EksCluster.In(stack)
               where cluster.Logs.Count > 0
               let name = $"/aws/eks/{cluster.Inputs.Text("name") ?? cluster.Resource.Name}/cluster"
               let needs = order.Needs(cluster.Resource)
               where !stack.OfType("aws:cloudwatch/logGroup:LogGroup")
                   .Any(logs => logs.Inputs.Text("name") == name && logs.Inputs.Number("retentionInDays") > 0 && needs.Contains(logs.Urn))
               select new Violation(
                   cluster.DisplayName,
                   $"it writes logs to {name}, and there is no such log group with retentionInDays that it depends on",
                   "Declare the log group, and let the cluster depend on it.");
    }
}
