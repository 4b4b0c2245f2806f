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
    public static PolicyRule Rule { get; } = new(
        "plain-text-traffic", Severity.Warning, "In a namespace with sidecars mutual TLS is STRICT, for all pods and ports.", stack => OfNamespaces(stack).Concat(OfParts(stack)).Concat(OfRoot(stack)));

    public static PolicyRule Tls { get; } = new(
        "caller-tls", Severity.Error, "Callers in the mesh use mutual TLS, and verify the servers that they call outside.",
        stack => stack.OfKind("DestinationRule").SelectMany(OfTls).Concat(OfMesh(stack)))
    {
        Others = "istioctl IST0113, IST0128, IST0129",
    };

    private static IEnumerable<Violation> OfNamespaces(RenderedStack stack) =>
        from space in stack.OfKind("Namespace")
        where MeshMembers.Injects(space)
        // That of the namespace comes before that of the mesh.
        let mode = Modes(stack, space.Manifest.Name).Concat(Modes(stack, MeshHost.Root(stack))).FirstOrDefault() ?? "not set, which means PERMISSIVE"
        where mode != "STRICT"
        select new Violation(
            space.Manifest.DisplayName,
            $"its sidecars take plain text: mutual TLS is {mode}",
            $"Declare a PeerAuthentication with spec.mtls.mode STRICT in it, or in {MeshHost.Root(stack)}.");

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

    // What is said in the root namespace without a selector is for the whole mesh (istio.io, reference of MeshConfig, rootNamespace); in another it is for that one.
    private static IEnumerable<Violation> OfRoot(RenderedStack stack)
    {
        var root = MeshHost.Root(stack);
        if (stack.Releases.FirstOrDefault(release => release.Chart == "istiod") is not { } control)
        {
            yield break;
        }

        var forAll = stack.Manifests.Where(manifest => manifest.Manifest.Kind is "PeerAuthentication" or "Telemetry" or "EnvoyFilter" or "AuthorizationPolicy" or "Sidecar" && manifest.Space == MeshHost.RootSpace).ToList();
        if (root != MeshHost.RootSpace && forAll.Count > 0)
        {
            yield return new(control.DisplayName, $"meshConfig.rootNamespace is {root}: what {string.Join(" and ", forAll.Select(manifest => manifest.Manifest.DisplayName))} say for the mesh is for {MeshHost.RootSpace} alone", "Leave it out, or declare them there.");
        }
        else if (stack.OfKind("PeerAuthentication").FirstOrDefault() is { } peer && !Modes(stack, root).Any())
        {
            yield return new(peer.Manifest.DisplayName, $"no PeerAuthentication is for the whole mesh: what joins it in another namespace than {peer.Space} takes plain text", $"Declare one in {root}, without a selector.");
        }
    }

    // istio.io, reference of MeshConfig, enableAutoMtls: without it a DestinationRule has to say so for every host.
    private static IEnumerable<Violation> OfMesh(RenderedStack stack) =>
        from control in stack.Releases
        where control.Chart == "istiod" && control.Values.Flag("meshConfig.enableAutoMtls") == false && stack.OfKind("PeerAuthentication").Any(peer => peer.Body.Text("spec.mtls.mode") == "STRICT")
        from service in stack.OfKind("Service")
        let host = MeshHost.Qualify(service.Manifest.Name, service.Space)
        where Pods.In(stack).Any(pods => MeshMembers.Has(stack, pods) && pods.Services(stack).Contains(service)) && !stack.OfKind("DestinationRule").Any(rule => MeshHost.Covers(MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space), host)
            && rule.Body.Walk().Any(found => found.Path.EndsWith(".tls.mode", StringComparison.Ordinal) && found.Node.AsText() == "ISTIO_MUTUAL"))
        select new Violation(control.DisplayName, $"meshConfig.enableAutoMtls is false, and no DestinationRule of {host} says ISTIO_MUTUAL: its callers send plain text, which STRICT mutual TLS refuses", "Leave enableAutoMtls out.");

    private static IEnumerable<Violation> OfTls(RenderedManifest rule)
    {
        var inside = MeshHost.SpaceOf(MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space)) is not null;
        foreach (var (path, tls) in rule.Body.Walk().Where(found => found.Path.EndsWith(".tls", StringComparison.Ordinal) && found.Node is JsonObject))
        {
            var mode = tls.Text("mode");
            if (inside && mode == "DISABLE")
            {
                yield return new(rule.Manifest.DisplayName, $"{path}.mode is DISABLE: its callers send plain text, which STRICT mutual TLS refuses", "Leave it out: sidecars use mutual TLS by themselves.");
            }

            if (mode is "SIMPLE" or "MUTUAL" && (tls.At("caCertificates") ?? tls.At("credentialName")) is null)
            {
                yield return new(rule.Manifest.DisplayName, $"{path} has no caCertificates: any server that answers is trusted", "Name the certificates of the authority, or use ISTIO_MUTUAL.");
            }
        }
    }
}
