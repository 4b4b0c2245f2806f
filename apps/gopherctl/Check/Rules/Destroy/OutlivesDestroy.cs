using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Declarations;

namespace GopherMesh.Gopherctl.Check.Rules.Destroy;

/// <summary>
/// Nothing stays on the bill after `pulumi destroy`. What makes the destroy stop with an error, as EKS's deletion protection does, is
/// seen by whoever destroys, and no finding.
/// </summary>
internal static class OutlivesDestroy
{
    private const string ResourcePolicy = "helm.sh/resource-policy";

    private static readonly Leftover[] Leftovers =
    [
        new(resource => resource.RetainOnDelete, "retainOnDelete leaves it where it is", "Leave the option out."),
        new(resource => resource.Protect, "protect keeps it from being deleted", "Leave the option out."),
        new(IsDeletedAlong, "deletedWith leaves what it owns in the cloud, a load balancer or a volume, behind", "Leave the option out."),
        new(Lacks("aws:ecr/repository:Repository", "forceDelete"), "a repository with images is not deleted", "Set forceDelete."),
        new(Lacks("aws:s3/bucket:Bucket", "forceDestroy"), "a bucket with objects is not deleted", "Set forceDestroy."),
        new(Lacks("aws:s3/bucketV2:BucketV2", "forceDestroy"), "a bucket with objects is not deleted", "Set forceDestroy."),
        new(Lacks("aws:rds/instance:Instance", "skipFinalSnapshot"), "a last snapshot stays", "Set skipFinalSnapshot."),
        new(Lacks("aws:rds/cluster:Cluster", "skipFinalSnapshot"), "a last snapshot stays", "Set skipFinalSnapshot."),
        new(resource => resource.Type == "aws:cloudwatch/logGroup:LogGroup" && resource.Inputs.Flag("skipDestroy") == true, "skipDestroy leaves the logs", "Leave it out."),
        new(resource => resource.Inputs.Text("reclaimPolicy") == "Retain", "reclaimPolicy Retain leaves every volume", "Set reclaimPolicy to Delete."),
        new(resource => resource.Inputs.Text("spec.persistentVolumeReclaimPolicy") == "Retain", "its volume stays", "Set spec.persistentVolumeReclaimPolicy to Delete."),
        new(KeepsClaims, "the claims of a StatefulSet stay, and with them their volumes", "Set spec.persistentVolumeClaimRetentionPolicy.whenDeleted to Delete."),
        new(IsKeptByHelm, $"{ResourcePolicy}: keep leaves objects in the cluster", "Leave it out."),
    ];

    public static PolicyRule Rule { get; } = new("outlives-destroy", Severity.Error, "Nothing that is declared stays after a destroy.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from resource in stack.Resources
        from leftover in Leftovers
        where !resource.IsRead && leftover.IsThere(resource)
        select new Violation(RenderedStack.NameOf(resource), leftover.Problem, leftover.Remedy);

    private static Func<DeclaredResource, bool> Lacks(string type, string flag) => resource => resource.Type == type && resource.Inputs.Flag(flag) != true;

    // Of most objects a deleted cluster leaves nothing; these may own something outside of it.
    private static bool IsDeletedAlong(DeclaredResource resource) => resource.DeletedWith is not null && resource.Type.Split(':')[^1]
        is "Release" or "Service" or "Ingress" or "Gateway" or "StatefulSet" or "PersistentVolumeClaim";

    private static bool KeepsClaims(DeclaredResource resource) => resource.Type == "kubernetes:apps/v1:StatefulSet"
        && resource.Inputs.Items("spec.volumeClaimTemplates").Any()
        && resource.Inputs.Text("spec.persistentVolumeClaimRetentionPolicy.whenDeleted") != "Delete";

    private static bool IsKeptByHelm(DeclaredResource resource) =>
        resource.Inputs.Walk().Any(found => found.Path.EndsWith(ResourcePolicy, StringComparison.Ordinal) && found.Node.AsText() == "keep");

    private sealed record Leftover(Func<DeclaredResource, bool> IsThere, string Problem, string Remedy);
}
