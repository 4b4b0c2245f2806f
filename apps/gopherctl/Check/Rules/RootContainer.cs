using System.Text.Json;
using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>No container runs as root (Kubernetes' Pod Security Standards, "Restricted").</summary>
internal static class RootContainer
{
    private const string Remedy = "Set securityContext.runAsNonRoot, and runAsUser to a user of the image's other than 0.";

    public static PolicyRule Rule { get; } = new(
        "root-container", Severity.Error, "No container runs as root.", stack => OfManifests(stack).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-security-context-user-group-id; kube-linter run-as-non-root; checkov CKV_K8S_23",
    };

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let problem = Problem(container)
        where problem is not null
        select container.Violation(problem, Remedy);

    private static string? Problem(Container container) => container switch
    {
        _ when IsZero(container.Security("runAsUser")) => "runAsUser is 0, which is root",
        _ when IsZero(container.Security("runAsGroup")) => "runAsGroup is 0, the group of root",
        _ when container.Security("runAsNonRoot")?.GetValueKind() != JsonValueKind.True =>
            "runAsNonRoot is not set, so that it runs as root where its image says so",
        _ => null,
    };

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "runAsUser", "runAsNonRoot")
        where value.Name == "runAsUser" ? IsZero(value.Node) : value.Node.GetValueKind() == JsonValueKind.False
        select new Violation(value.Release, $"{value.Path} lets containers run as root: {value.Node.ToJsonString()}", Remedy);

    private static bool IsZero(System.Text.Json.Nodes.JsonNode? user) => user?.ToJsonString() == "0";
}
