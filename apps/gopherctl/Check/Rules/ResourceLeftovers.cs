using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What resources leave behind by their options or, those of AWS, by their inputs.</summary>
internal static class ResourceLeftovers
{
    private const string Snapshot = "a last snapshot stays";
    private const string Backup = "a last backup stays";

    private static readonly string[] OwnersOutside = ["Release", "Service", "Ingress", "Gateway", "StatefulSet", "PersistentVolumeClaim"];

    /// <summary>All of them; names of inputs as in pulumi-aws 7.48.0.</summary>
    public static IReadOnlyList<Leftover<DeclaredResource>> All { get; } =
    [
        new(resource => resource.RetainOnDelete, "retainOnDelete leaves it where it is", "Leave the option out."),
        new(resource => resource.Protect, "protect keeps it from being deleted", "Leave the option out."),
        new(IsDeletedAlong, "deletedWith leaves what it owns in the cloud, a load balancer or a volume, behind", "Leave the option out."),
        Unless("aws:ecr/repository:Repository", "forceDelete", "a repository with images is not deleted"),
        Unless("aws:s3/bucket:Bucket", "forceDestroy", "a bucket with objects is not deleted"),
        Unless("aws:s3/bucketV2:BucketV2", "forceDestroy", "a bucket with objects is not deleted"),
        Unless("aws:rds/instance:Instance", "skipFinalSnapshot", Snapshot),
        Unless("aws:rds/cluster:Cluster", "skipFinalSnapshot", Snapshot),
        Unless("aws:docdb/cluster:Cluster", "skipFinalSnapshot", Snapshot),
        Unless("aws:neptune/cluster:Cluster", "skipFinalSnapshot", Snapshot),
        Unless("aws:redshift/cluster:Cluster", "skipFinalSnapshot", Snapshot),
        Unless("aws:fsx/windowsFileSystem:WindowsFileSystem", "skipFinalBackup", Backup),
        Unless("aws:fsx/openZfsFileSystem:OpenZfsFileSystem", "skipFinalBackup", Backup),
        Unless("aws:fsx/ontapVolume:OntapVolume", "skipFinalBackup", Backup),
        If("aws:ebs/volume:Volume", "finalSnapshot", Snapshot),
        If("aws:cloudwatch/logGroup:LogGroup", "skipDestroy", "the logs stay"),
        IfNamed("aws:elasticache/cluster:Cluster", "finalSnapshotIdentifier"),
        IfNamed("aws:elasticache/replicationGroup:ReplicationGroup", "finalSnapshotIdentifier"),
        IfNamed("aws:memorydb/cluster:Cluster", "finalSnapshotName"),
    ];

    private static Leftover<DeclaredResource> Unless(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) != true, $"{problem}: there is no {flag}", $"Set {flag}.");

    private static Leftover<DeclaredResource> If(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) == true, $"{problem}: {flag} is set", $"Leave {flag} out.");

    private static Leftover<DeclaredResource> IfNamed(string type, string name) =>
        new(resource => resource.Type == type && resource.Inputs.Text(name) is not null, $"{Snapshot}: {name} is set", "Leave it out.");

    // Of most objects a deleted cluster leaves nothing; these may own something outside of it.
    private static bool IsDeletedAlong(DeclaredResource resource) =>
        resource.DeletedWith is not null && OwnersOutside.Contains(resource.Type.Split(':')[^1]);
}
