using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A namespace names the Pod Security Standard that its pods are held to (Kubernetes, "Enforce Pod Security Standards with Namespace Labels"). One that is
/// enforced refuses Istio's init container, which redirects a pod's traffic, unless its CNI plugin does that (istio.io, "Install the Istio CNI node agent").
/// </summary>
internal static class PodSecurity
{
    private const string Prefix = "pod-security.kubernetes.io/";

    private static readonly string[] Modes = ["enforce", "audit", "warn"];

    private static readonly string[] Standards = ["restricted", "baseline"];

    public static PolicyRule Rule { get; } = new(
        "pod-security", Severity.Warning, "A namespace with pods names the Pod Security Standard that they are held to, and sidecars can be injected under it.",
        stack => stack.OfKind("Namespace").SelectMany(space => OfSpace(stack, space)));

    private static IEnumerable<Violation> OfSpace(RenderedStack stack, RenderedManifest space)
    {
        var labels = space.Body.TextMembers("metadata.labels").Where(label => label.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(label => label.Key[Prefix.Length..], label => label.Value);
        if (Pods.In(stack).Any(pods => pods.Manifest.Space == space.Manifest.Name) && !Modes.Any(mode => Standards.Contains(labels.GetValueOrDefault(mode))))
        {
            yield return new(space.Manifest.DisplayName, "it has no label with a Pod Security Standard: a pod with any right is taken without a word", $"Give it {Prefix}warn: restricted, or enforce.");
        }

        foreach (var (mode, standard) in labels.Where(label => Modes.Contains(label.Key) ? label.Value is not ("restricted" or "baseline" or "privileged") : !Modes.Any(mode => label.Key == $"{mode}-version")))
        {
            yield return new(space.Manifest.DisplayName, $"{Prefix}{mode}: {standard} is not what Kubernetes knows", "Use enforce, audit or warn, with restricted or baseline.");
        }

        if (Standards.Contains(labels.GetValueOrDefault("enforce")) && MeshMembers.Injects(space) && stack.Releases.FirstOrDefault(release => release.Chart == "istiod") is { } control
            && !stack.Releases.Any(release => release.Chart == "cni") && (control.Values.Flag("pilot.cni.enabled") ?? control.Values.Flag("cni.enabled")) != true)
        {
            yield return new(space.Manifest.DisplayName, $"it enforces {labels["enforce"]}, which refuses the init container of every sidecar", "Use warn, or install Istio's CNI plugin.");
        }
    }
}
