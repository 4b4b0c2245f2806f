using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

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
        _ => false,
    };
}
