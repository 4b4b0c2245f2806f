using System.Text.Json.Nodes;
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
        "plain-text-traffic", Severity.Warning, "In a namespace with sidecars mutual TLS is STRICT, for all pods and ports.", stack => OfNamespaces(stack).Concat(OfParts(stack)));

    private static IEnumerable<Violation> OfNamespaces(RenderedStack stack) =>
        from space in stack.OfKind("Namespace")
        where MeshMembers.Injects(space)
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

    // Modes of ports need a selector, and those of some pods come before that of all (istio.io, reference of PeerAuthentication, portLevelMtls).
    private static IEnumerable<Violation> OfParts(RenderedStack stack)
    {
        foreach (var peer in stack.OfKind("PeerAuthentication"))
        {
            var isForSome = peer.Body.At("spec.selector.matchLabels") is JsonObject { Count: > 0 };
            var ports = peer.Body.At("spec.portLevelMtls") as JsonObject ?? [];
            if (ports.Count > 0 && !isForSome)
            {
                yield return new(peer.Manifest.DisplayName, "portLevelMtls has no effect without a selector", "Give spec.selector the labels of the pods, or leave it out.");
            }

            var modes = ports.Select(port => (Path: $"portLevelMtls of {port.Key}", Mode: port.Value.Text("mode"))).Append((Path: "mtls.mode", Mode: peer.Body.Text("spec.mtls.mode")));
            foreach (var (path, mode) in modes.Where(found => isForSome && found.Mode is "PERMISSIVE" or "DISABLE"))
            {
                yield return new(peer.Manifest.DisplayName, $"its pods take plain text: {path} is {mode}", "Set it to STRICT.");
            }
        }
    }
}
