using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>EKS serves the API to the whole internet unless it is told otherwise (EKS user guide, "cluster-endpoint").</summary>
internal static class PublicApi
{
    public static PolicyRule Rule { get; } = new(
        "public-api", Severity.Error, "The Kubernetes API does not answer the whole internet.", Violations)
    {
        Others = "checkov CKV_AWS_38, CKV_AWS_39",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from cluster in EksCluster.In(stack)
        where cluster.IsPublic
        let open = Open(cluster.PublicBlocks)
        where open is not null
        select new Violation(
            cluster.DisplayName,
            $"the Kubernetes API answers the whole internet: {open}",
            "Name the blocks that need it (setting apiAllowedCidrs), or switch the public endpoint off.");

    private static string? Open(IReadOnlyList<string> blocks) => blocks switch
    {
        [] => "publicAccessCidrs is not set, which stands for 0.0.0.0/0",
        _ => blocks.FirstOrDefault(Cidr.IsWholeInternet) is { } all ? $"publicAccessCidrs has {all}" : null,
    };
}
