using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

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
