using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Admission;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Objects that Istio's admission webhook would deny in the cluster, where a denial ends a deployment halfway.</summary>
internal static class DeniedByIstio
{
    private static readonly string[] Judged = ["Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "AuthorizationPolicy", "PeerAuthentication", "Sidecar", "EnvoyFilter"];

    // What a field may be, by the end of its path and the kinds that have it (Kubernetes API 1.33; istio.io, reference of configuration).
    private static readonly (string Kinds, string End, string[] Values)[] Sets =
    [
        ("", "imagePullPolicy", ["Always", "IfNotPresent", "Never"]), ("", "whenUnsatisfiable", ["DoNotSchedule", "ScheduleAnyway"]), ("", "nodeAffinityPolicy", ["Honor", "Ignore"]),
        ("", "dnsPolicy", ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]), ("", "seccompProfile.type", ["RuntimeDefault", "Localhost", "Unconfined"]),
        ("Deployment", "strategy.type", ["RollingUpdate", "Recreate"]), ("Service", "spec.type", ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
        ("Service", "TrafficPolicy", ["Cluster", "Local"]), ("PodDisruptionBudget", "unhealthyPodEvictionPolicy", ["AlwaysAllow", "IfHealthyBudget"]),
        ("Service NetworkPolicy Deployment", "].protocol", ["TCP", "UDP", "SCTP"]), ("NetworkPolicy", "policyTypes[0]", ["Ingress", "Egress"]), ("NetworkPolicy", "policyTypes[1]", ["Ingress", "Egress"]),
        ("NetworkPolicy Deployment", "].operator", ["In", "NotIn", "Exists", "DoesNotExist", "Equal", "Gt", "Lt"]), ("AuthorizationPolicy", "spec.action", ["ALLOW", "DENY", "AUDIT", "CUSTOM"]),
        ("PeerAuthentication", "mode", ["STRICT", "PERMISSIVE", "DISABLE", "UNSET"]), ("Sidecar", "outboundTrafficPolicy.mode", ["REGISTRY_ONLY", "ALLOW_ANY"]), ("Sidecar", "captureMode", ["DEFAULT", "IPTABLES"]),
        ("EnvoyFilter", "match.context", ["ANY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY"]),
        ("EnvoyFilter", "patch.operation", ["MERGE", "ADD", "REMOVE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE"]),
    ];

    public static PolicyRule Rule { get; } = new(
        "denied-by-istio", Severity.Error, "The API server and Istio's admission webhook take every object, and each of its fields has a value that it may have.", Violations)
    {
        Others = "istioctl IST0106, IST0122",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        (from manifest in stack.Manifests
         from problem in IstioAdmission.Problems(manifest.Manifest)
         select new Violation(manifest.Manifest.DisplayName, $"{problem.Path}: {problem.Reason}", "Correct the field."))
        .Concat(from manifest in stack.Manifests
                where Judged.Contains(manifest.Manifest.Kind)
                from found in manifest.Body.Walk()
                let text = found.Node.AsText()
                where text is not null
                from set in Sets
                where (set.Kinds.Length == 0 || set.Kinds.Split(' ').Contains(manifest.Manifest.Kind)) && found.Path.EndsWith(set.End, StringComparison.Ordinal) && !set.Values.Contains(text)
                select new Violation(manifest.Manifest.DisplayName, $"{found.Path} is {text}, which has no effect or is refused", $"Use {string.Join(", ", set.Values)}."));
}

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

/// <summary>Which pods get a sidecar: Istio's admission webhook puts it in.</summary>
internal static class MeshMembers
{
    // The user of the sidecar, whose own traffic is not taken by it (istio.io, "Application Requirements").
    private const long ProxyUser = 1337;

    private const string Inject = "sidecar.istio.io/inject";

    public static PolicyRule Rule { get; } = new(
        "injection", Severity.Error, "The pods of a namespace with rules of the mesh have sidecars, by one label.",
        stack => OfNamespaces(stack).Concat(Pods.In(stack).SelectMany(OfPods)))
    {
        Others = "istioctl IST0102, IST0103, IST0123, IST0144",
    };

    /// <summary>Whether a declared namespace says so by a label, and the pods do not say otherwise (istio.io, "Installing the Sidecar").</summary>
    public static bool Has(RenderedStack stack, Pods pods) =>
        pods.Labels["sidecar.istio.io/inject"].AsText() != "false" && stack.OfKind("Namespace").Any(space => space.Manifest.Name == pods.Manifest.Space && Injects(space));

    /// <summary>Whether a namespace gives its pods sidecars.</summary>
    public static bool Injects(RenderedManifest space) => space.Body.At("metadata.labels") is JsonObject labels
        && (labels["istio-injection"].AsText() == "enabled" || labels["istio.io/rev"] is not null);

    private static IEnumerable<Violation> OfNamespaces(RenderedStack stack)
    {
        var ruled = stack.Manifests.Where(manifest => manifest.Manifest.Kind is "VirtualService" or "DestinationRule" or "Sidecar" or "AuthorizationPolicy")
            .Select(manifest => manifest.Space).Intersect(Pods.In(stack).Select(pods => pods.Manifest.Space)).ToHashSet();
        foreach (var space in stack.OfKind("Namespace"))
        {
            var labels = space.Body.At("metadata.labels") as JsonObject ?? [];
            var (injection, revision) = (labels["istio-injection"].AsText(), labels["istio.io/rev"]);
            // istiod's webhooks are those of its revision (istio.io, "Canary Upgrades"); a tag is another chart value, or istioctl's.
            var control = stack.Releases.Where(release => release.Chart == "istiod").ToList();
            var asked = revision.AsText() ?? (injection == "enabled" ? "" : null);
            if (control.Count > 0 && asked is not null && !control.Exists(release => (release.Values.Text("revision") ?? "") is var own && (own == asked || (asked is "" or "default" && own is "" or "default") || release.Values.Texts("revisionTags").Contains(asked.Length > 0 ? asked : "default") || release.Values.Text("defaultRevision") == own && asked.Length == 0)))
            {
                yield return new(space.Manifest.DisplayName, $"it asks for sidecars of {(asked.Length > 0 ? $"the revision {asked}" : "istiod without a revision")}, which no release of istiod is", "Name a revision or a tag that is declared.");
            }

            if (labels["istio.io/dataplane-mode"].AsText() == "ambient" && (injection == "enabled" || revision is not null))
            {
                yield return new(space.Manifest.DisplayName, "it has both sidecars and istio.io/dataplane-mode: ambient", "Keep one of them.");
            }

            if (control.Exists(release => release.Values.Items("meshConfig.discoverySelectors").ToList() is { Count: > 0 } selectors && !selectors.Exists(selector => LabelSelector.Takes(selector, Named(space)))) && Unseen(stack, space) is { } unseen)
            {
                yield return new(space.Manifest.DisplayName, $"none of istiod's meshConfig.discoverySelectors takes it: {unseen}", "Add a selector, or leave them out.");
            }

            if (injection is not null && revision is not null)
            {
                yield return new(space.Manifest.DisplayName, "it has both istio-injection and istio.io/rev", "Keep one of them.");
            }

            if (ruled.Contains(space.Manifest.Name) && injection != "enabled" && revision is null)
            {
                yield return new(space.Manifest.DisplayName, "its pods get no sidecars, and its rules of the mesh have no effect", "Give it the label istio-injection: enabled.");
            }
        }
    }

    // What istiod does not see has no effect, and proxies are told nothing of it (istio.io, reference of MeshConfig, discoverySelectors).
    private static string? Unseen(RenderedStack stack, RenderedManifest space) => MeshMembers.Injects(space) ? "proxies know none of its Services"
        : stack.Releases.FirstOrDefault(release => release.Chart == "gateway" && release.Space == space.Manifest.Name)?.DisplayName is { } gateway ? $"{gateway} gets no configuration"
        : stack.Manifests.FirstOrDefault(manifest => manifest.Space == space.Manifest.Name && manifest.Manifest.ApiVersion.Contains(".istio.io/", StringComparison.Ordinal))?.Manifest.DisplayName is { } ignored ? $"{ignored} has no effect"
        : null;

    private static JsonObject Named(RenderedManifest space)
    {
        var labels = (space.Body.At("metadata.labels")?.DeepClone() as JsonObject) ?? [];
        labels["kubernetes.io/metadata.name"] = space.Manifest.Name;
        return labels;
    }

    private static IEnumerable<Violation> OfPods(Pods pods)
    {
        if (((pods.Template.At("metadata.labels") as JsonObject)?[Inject] ?? (pods.Template.At("metadata.annotations") as JsonObject)?[Inject])?.ToJsonString().Trim('"') == "false")
        {
            yield return new(pods.Workload, $"{Inject} is false: its pods are outside of the mesh", "Leave it out.");
        }

        foreach (var container in pods.Containers.Where(container => container.Security("runAsUser")?.ToJsonString() == $"{ProxyUser}"))
        {
            yield return container.Violation($"runAsUser is {ProxyUser}, the sidecar's own: its traffic is not taken", "Use another user.");
        }
    }
}
