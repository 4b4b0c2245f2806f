using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What resources leave behind by their options or, those of AWS, by their inputs.</summary>
internal static class ResourceLeftovers
{
    private static readonly string[] OwnersOutside = ["Release", "Service", "Ingress", "Gateway", "StatefulSet", "PersistentVolumeClaim"];

    /// <summary>All of them; names of inputs as in pulumi-aws 7.48.0.</summary>
    public static IReadOnlyList<Leftover<DeclaredResource>> All { get; } =
    [
        new(resource => resource.RetainOnDelete, "retainOnDelete leaves it where it is", "Leave the option out."),
        new(resource => resource.Protect, "protect keeps it from being deleted", "Leave the option out."),
        new(IsDeletedAlong, "deletedWith leaves what it owns in the cloud, a load balancer or a volume, behind", "Leave the option out."),
        Unless("aws:ecr/repository:Repository", "forceDelete", "a repository with images is not deleted"),
        If("aws:cloudwatch/logGroup:LogGroup", "skipDestroy", "the logs stay"),
    ];

    private static Leftover<DeclaredResource> Unless(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) != true, $"{problem}: there is no {flag}", $"Set {flag}.");

    private static Leftover<DeclaredResource> If(string type, string flag, string problem) =>
        new(resource => resource.Type == type && resource.Inputs.Flag(flag) == true, $"{problem}: {flag} is set", $"Leave {flag} out.");

    // Of most objects a deleted cluster leaves nothing; these may own something outside of it.
    private static bool IsDeletedAlong(DeclaredResource resource) =>
        resource.DeletedWith is not null && OwnersOutside.Contains(resource.Type.Split(':')[^1]);
}
