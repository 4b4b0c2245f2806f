using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A pod with a sidecar accepts no plain text. Istio's default, PERMISSIVE, takes both, so that a caller outside of the mesh gets in
/// without an identity (istio.io, reference of PeerAuthentication).
/// </summary>
internal static class PlainTextTraffic
{
    // Its PeerAuthentication is that of the whole mesh; charts name another only when they are told to.
    private const string Root = MeshHost.RootSpace;

    public static PolicyRule Rule { get; } = new(
        "plain-text-traffic", Severity.Warning, "In a namespace with sidecars mutual TLS is STRICT.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from space in stack.OfKind("Namespace")
        where IsInMesh(space)
        // That of the namespace comes before that of the mesh.
        let mode = Modes(stack, space.Manifest.Name).Concat(Modes(stack, Root)).FirstOrDefault() ?? "not set, which means PERMISSIVE"
        where mode != "STRICT"
        select new Violation(
            space.Manifest.DisplayName,
            $"its sidecars take plain text: mutual TLS is {mode}",
            $"Declare a PeerAuthentication with spec.mtls.mode STRICT in it, or in {Root}.");

    // Of what is said for all of a namespace; with a selector it is for some pods only.
    private static IEnumerable<string?> Modes(RenderedStack stack, string space) =>
        from peer in stack.OfKind("PeerAuthentication")
        where peer.Space == space && peer.Body.At("spec.selector") is null
        select peer.Body.Text("spec.mtls.mode");

    private static bool IsInMesh(RenderedManifest space) => space.Body.At("metadata.labels") is { } labels
        && (labels.Text("istio-injection") == "enabled" || labels["istio.io/rev"] is not null);
}
