using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Nothing that costs money stays after `pulumi destroy`. A setting that makes the destroy stop with an error, such as EKS's deletion
/// protection, is not a finding: the error reports it.
/// </summary>
internal static class OutlivesDestroy
{
    public static PolicyRule Rule { get; } = new(
        "outlives-destroy", Severity.Error, "Nothing that is declared stays after a destroy.",
        stack => OfResources(stack).Concat(ObjectLeftovers.In(stack)));

    private static IEnumerable<Violation> OfResources(RenderedStack stack) =>
        from resource in stack.Resources
        where !resource.IsRead
        from violation in Leftover<DeclaredResource>.Of(ResourceLeftovers.All, resource, RenderedStack.NameOf(resource))
        select violation;
}

/// <summary>A setting that leaves something behind after a destroy.</summary>
/// <typeparam name="T">Where the setting is: a resource, a manifest or a release.</typeparam>
/// <param name="IsThere">Whether it is there.</param>
/// <param name="Problem">What stays.</param>
/// <param name="Remedy">What to do about it.</param>
internal sealed record Leftover<T>(Func<T, bool> IsThere, string Problem, string Remedy)
{
    /// <summary>The violations of one thing.</summary>
    public static IEnumerable<Violation> Of(IEnumerable<Leftover<T>> leftovers, T thing, string name) =>
        leftovers.Where(leftover => leftover.IsThere(thing)).Select(leftover => new Violation(name, leftover.Problem, leftover.Remedy));
}

/// <summary>What Kubernetes and Helm leave behind, by what the files of a rendering say: they are what gets applied.</summary>
internal static class ObjectLeftovers
{
    private const string ResourcePolicy = "helm.sh/resource-policy";

    private static readonly Leftover<JsonObject> Kept = new(
        IsKept, $"{ResourcePolicy}: keep leaves objects in the cluster", "Leave it out.");

    private static readonly IReadOnlyList<Leftover<JsonObject>> OfManifests =
    [
        new(body => IsKind(body, "StorageClass") && body.Text("reclaimPolicy") == "Retain",
            "reclaimPolicy Retain leaves every volume", "Set reclaimPolicy to Delete."),
        new(body => IsKind(body, "PersistentVolume") && body.Text("spec.persistentVolumeReclaimPolicy") == "Retain",
            "its volume stays", "Set spec.persistentVolumeReclaimPolicy to Delete."),
        new(KeepsClaims,
            "the claims of a StatefulSet stay, and with them their volumes",
            "Set spec.persistentVolumeClaimRetentionPolicy.whenDeleted to Delete."),
        Kept,
    ];

    /// <summary>Everything that stays.</summary>
    public static IEnumerable<Violation> In(RenderedStack stack) =>
        stack.Manifests.SelectMany(manifest => Leftover<JsonObject>.Of(OfManifests, manifest.Body, manifest.Manifest.DisplayName))
            .Concat(stack.Releases.SelectMany(release => Leftover<JsonObject>.Of([Kept], release.Values, release.DisplayName)));

    private static bool IsKind(JsonObject body, string kind) => body.Text("kind") == kind;

    private static bool KeepsClaims(JsonObject body) => IsKind(body, "StatefulSet")
        && body.Items("spec.volumeClaimTemplates").Any()
        && body.Text("spec.persistentVolumeClaimRetentionPolicy.whenDeleted") != "Delete";

    private static bool IsKept(JsonObject body) =>
        body.Walk().Any(found => found.Path.EndsWith(ResourcePolicy, StringComparison.Ordinal) && found.Node.AsText() == "keep");
}

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
