using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules.Mesh;

/// <summary>
/// Whoever has a sidecar takes no plain text. Istio's default, PERMISSIVE, takes both, so that a caller outside of the mesh gets in
/// without an identity (istio.io, reference of PeerAuthentication).
/// </summary>
internal static class PlainTextTraffic
{
    // Istio's root namespace, whose PeerAuthentication is that of the whole mesh; charts name another only when they are told to.
    private const string Root = "istio-system";

    public static PolicyRule Rule { get; } = new(
        "plain-text-traffic", Severity.Warning, "In a namespace with sidecars mutual TLS is STRICT.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from space in stack.OfKind("Namespace")
        where IsInMesh(space)
        let peers = stack.OfKind("PeerAuthentication").Where(peer => peer.Body.At("spec.selector") is null).ToLookup(peer => peer.Manifest.Namespace)
        // That of the namespace comes before that of the mesh.
        let mode = peers[space.Manifest.Name].Concat(peers[Root]).Select(peer => peer.Body.Text("spec.mtls.mode")).FirstOrDefault() ?? "not set, which stands for PERMISSIVE"
        where mode != "STRICT"
        select new Violation(
            space.Manifest.DisplayName,
            $"its sidecars take plain text: mutual TLS is {mode}",
            $"Declare a PeerAuthentication with spec.mtls.mode STRICT in it, or in {Root}.");

    private static bool IsInMesh(RenderedManifest space) =>
        space.Body.At("metadata.labels") is { } labels && (labels.Text("istio-injection") == "enabled" || labels["istio.io/rev"] is not null);
}
