using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A subset that a DestinationRule declares.</summary>
/// <param name="Rule">The DestinationRule.</param>
/// <param name="Host">Its host in full.</param>
/// <param name="Name">The subset's name.</param>
/// <param name="Labels">The labels of its pods.</param>
internal sealed record Subset(RenderedManifest Rule, string Host, string Name, JsonObject Labels)
{
    /// <summary>Every subset; Istio merges the DestinationRules of a host.</summary>
    public static IEnumerable<Subset> In(RenderedStack stack) =>
        from rule in stack.OfKind("DestinationRule")
        from subset in rule.Body.Items("spec.subsets")
        select new Subset(
            rule,
            MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space),
            subset.Text("name") ?? "",
            subset.At("labels") as JsonObject ?? []);
}

/// <summary>A route to a subset that no DestinationRule has is answered with 503 by the caller's proxy.</summary>
internal static class UnknownSubset
{
    public static PolicyRule Rule { get; } = new("unknown-subset", Severity.Error, "A route names only subsets that exist.", Violations)
    {
        Others = "istioctl IST0101 (subsets)",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var known = Subset.In(stack).ToList();
        return from service in stack.OfKind("VirtualService")
               from found in service.Body.Walk()
               let host = found.Node.Text("host")
               let subset = found.Node.Text("subset")
               where IsDestination(found.Path) && host is not null && subset is not null
               let full = MeshHost.Qualify(host, service.Space)
               let others = known.Where(candidate => candidate.Name == subset && MeshHost.Covers(candidate.Host, full)).ToList()
               where !others.Exists(candidate => IsSeen(candidate, full, service.Space))
               select new Violation(
                   service.Manifest.DisplayName,
                   $"{found.Path} names the subset {subset} of {host}, which {Missing(others)}",
                   "Declare the subset first, or name one that is there.");
    }

    /// <summary>Callers see the rules of their own namespace, of the Service's and of Istio's root (push_context.go, destinationRule).</summary>
    private static bool IsSeen(Subset subset, string host, string callers) =>
        MeshHost.SpaceOf(host) is not { } home || subset.Rule.Space == home || subset.Rule.Space == callers || subset.Rule.Space == MeshHost.RootSpace;

    private static string Missing(List<Subset> elsewhere) => elsewhere is [var other, ..]
        ? $"only {other.Rule.Manifest.DisplayName} has, where its callers do not see it"
        : "no DestinationRule has";

    private static bool IsDestination(string path) =>
        path.EndsWith(".destination", StringComparison.Ordinal) || path.EndsWith(".mirror", StringComparison.Ordinal);
}

/// <summary>
/// A subset has pods: those of its host's Service that have the subset's labels. One without answers 503 (Istio's analysis IST0173).
/// </summary>
internal static class EmptySubset
{
    public static PolicyRule Rule { get; } = new(
        "empty-subset", Severity.Error, "A subset's labels select pods that are declared, and others than those of a subset beside it in a split.", stack => Violations(stack).Concat(OfSplits(stack)))
    {
        Others = "istioctl IST0173",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var services = stack.OfKind("Service").Select(service => (Host: MeshHost.Qualify(service.Manifest.Name, service.Space), Service: service)).ToList();
        var pods = Pods.In(stack).ToList();

        // The pods of a host that is not a declared Service are not known here; for a wildcard, one Service with such pods is enough.
        return from subset in Subset.In(stack)
               let own = services.Where(service => MeshHost.Covers(subset.Host, service.Host)).ToList()
               where own.Count > 0 && !own.Exists(service => pods.Exists(candidate => candidate.Manifest.Space == service.Service.Space
                   && candidate.Have(Selector(service.Service)) && candidate.Have(subset.Labels)))
               let narrow = own.Find(service => subset.Labels.FirstOrDefault(label => Selector(service.Service)[label.Key] is { } other && !JsonNode.DeepEquals(other, label.Value)).Key is not null).Service
               select narrow is not null ? new Violation(
                   narrow.Manifest.DisplayName,
                   $"it selects {Selector(narrow).ToJsonString()}, and so no pod of the subset {subset.Name} that {subset.Rule.Manifest.DisplayName} makes of it",
                   "Give it the labels that all versions have.") : new Violation(
                   subset.Rule.Manifest.DisplayName,
                   $"the subset {subset.Name} selects no declared pod of {subset.Host}: {subset.Labels.ToJsonString()}",
                   "Give it the labels of the version's pods, or remove it.");
    }

    // Two names for the same pods: whatever the weights are, no version gets its share (istio.io, reference of DestinationRule, Subset.labels).
    private static IEnumerable<Violation> OfSplits(RenderedStack stack)
    {
        var subsets = Subset.In(stack).ToList();
        return from service in stack.OfKind("VirtualService")
               from route in service.Body.Items("spec.http")
               let split = (from part in route.Items("route")
                            let host = MeshHost.Qualify(part.Text("destination.host") ?? "", service.Space)
                            let subset = subsets.Find(subset => subset.Name == part.Text("destination.subset") && MeshHost.Covers(subset.Host, host))
                            where subset is not null
                            select (Host: host, Subset: subset)).ToList()
               from pair in split.SelectMany((one, index) => split.Skip(index + 1).Select(other => (One: one, Other: other)))
               where pair.One.Host == pair.Other.Host && pair.One.Subset.Name != pair.Other.Subset.Name && JsonNode.DeepEquals(pair.One.Subset.Labels, pair.Other.Subset.Labels)
               select new Violation(
                   pair.Other.Subset.Rule.Manifest.DisplayName,
                   $"the subset {pair.Other.Subset.Name} has the labels of the subset {pair.One.Subset.Name}, {pair.One.Subset.Labels.ToJsonString()}, and {service.Manifest.DisplayName} splits requests between the two",
                   "Give each the labels of its own version's pods.");
    }

    private static JsonObject Selector(RenderedManifest service) => service.Body.At("spec.selector") as JsonObject ?? [];
}

/// <summary>A host that an object of Istio's names.</summary>
/// <param name="Manifest">The object.</param>
/// <param name="Path">The field.</param>
/// <param name="Host">The host, without a namespace before it.</param>
internal sealed record MeshHost(RenderedManifest Manifest, string Path, string Host)
{
    /// <summary>Istio's root namespace, whose rules all see.</summary>
    public const string RootSpace = "istio-system";

    private static readonly string[] Kinds = ["VirtualService", "DestinationRule", "ServiceEntry", "Sidecar"];

    /// <summary>The same, where istiod's values name another.</summary>
    public static string Root(RenderedStack stack) =>
        stack.Releases.Where(release => release.Chart == "istiod").Select(release => release.Values.Text("meshConfig.rootNamespace") ?? release.Values.Text("global.istioNamespace")).FirstOrDefault() ?? RootSpace;

    /// <summary>Every host that routing objects and Sidecars name; those of a Gateway are names outside the mesh.</summary>
    public static IEnumerable<MeshHost> In(RenderedStack stack) =>
        from manifest in stack.Manifests
        where Kinds.Contains(manifest.Manifest.Kind)
            && manifest.Manifest.ApiVersion.StartsWith("networking.istio.io/", StringComparison.Ordinal)
        from found in manifest.Body.Walk()
        where IsHost(manifest.Manifest.Kind, found.Path) && found.Node.AsText() is not null
        select new MeshHost(manifest, found.Path, found.Node.AsText()!.Split('/')[^1]);

    /// <summary>The host as Istio completes it: a name without a dot is one of the object's own namespace.</summary>
    public static string Qualify(string host, string? space) =>
        host.Contains('.', StringComparison.Ordinal) || host.StartsWith('*') ? host : $"{host}.{space ?? "default"}.svc.cluster.local";

    /// <summary>The namespace of a Service of the mesh, or of a wildcard for those of one; null for another host.</summary>
    public static string? SpaceOf(string host) => host.Split('.') is [_, var space, "svc", "cluster", "local"] ? space : null;

    /// <summary>Whether a host, which may be a wildcard such as <c>*.shop.svc.cluster.local</c>, stands for another (pkg/config/host/name.go).</summary>
    public static bool Covers(string host, string other) =>
        host == other || (host.StartsWith('*') && !other.StartsWith('*') && other.EndsWith(host[1..], StringComparison.Ordinal));

    private static bool IsHost(string kind, string path) => path.StartsWith("spec.hosts[", StringComparison.Ordinal) || kind switch
    {
        "DestinationRule" => path == "spec.host",
        "Sidecar" => path.StartsWith("spec.egress[", StringComparison.Ordinal) && path.Contains(".hosts[", StringComparison.Ordinal),
        // Nothing else: a header may be called host as well.
        "VirtualService" =>
            path.EndsWith(".destination.host", StringComparison.Ordinal) || path.EndsWith(".mirror.host", StringComparison.Ordinal),
        _ => false,
    };
}

/// <summary>
/// Every host is written in full. Istio takes a name without a dot for one of the namespace of the object that names it, not of the
/// caller, and one such as reviews.default for a host outside the cluster (istio.io, reference of VirtualService, Destination.host).
/// </summary>
internal static class UnqualifiedHost
{
    public static PolicyRule Rule { get; } = new(
        "unqualified-host", Severity.Error, "Every host of the mesh is written in full.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var services = stack.OfKind("Service").Select(service => $"{service.Manifest.Name}.{service.Space}").ToHashSet();
        return MeshHost.In(stack)
            .Where(host => host.Host != "*" && IsShort(host.Host, services))
            .Select(host => new Violation(
                host.Manifest.Manifest.DisplayName,
                $"{host.Path} is {host.Host}, which is not a full name",
                "Write NAME.NAMESPACE.svc.cluster.local, or the full name of a host outside."));
    }

    private static bool IsShort(string host, HashSet<string> services) => host.Split('.') switch
    {
        [_] => true,
        [_, _] or [_, _, "svc"] => services.Contains(string.Join('.', host.Split('.').Take(2))),
        // Another domain, as the one of several clusters, is another name; a Service that is declared has this one.
        var parts => parts is [_, _, "svc", ..] and not [_, _, _, "cluster", "local"] and not [_, _, _, "clusterset", "local"] && services.Contains(string.Join('.', parts.Take(2))),
    };
}

/// <summary>
/// A DestinationRule is seen by callers of its own namespace, and by all if it is in that of the Service or in Istio's own
/// (istio pilot/pkg/model/push_context.go, destinationRule). Elsewhere, without callers there, it has no effect.
/// </summary>
internal static class UnseenRule
{
    public static PolicyRule Rule { get; } = new(
        "unseen-rule", Severity.Warning, "A DestinationRule is where the callers of its host see it.", Violations);

    private static IEnumerable<Violation> Violations(RenderedStack stack)
    {
        var withPods = Pods.In(stack).Select(pods => pods.Manifest.Space).ToHashSet();
        return from rule in stack.OfKind("DestinationRule")
               let host = MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space)
               let home = MeshHost.SpaceOf(host)
               where home is not null && rule.Space != home && rule.Space != MeshHost.RootSpace && !withPods.Contains(rule.Space)
               select new Violation(
                   rule.Manifest.DisplayName,
                   $"it is for {host}, and in {rule.Space}, where no declared pod calls it: callers of other namespaces do not see it",
                   $"Declare it in {home}.");
    }
}
