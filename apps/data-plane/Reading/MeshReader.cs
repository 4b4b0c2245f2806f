using GopherMesh.DataPlane.Admission;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads the declared routing: every Service, Gateway, VirtualService and DestinationRule, strictly.</summary>
public static class MeshReader
{
    private const string Networking = "networking.istio.io/";

    /// <summary>Reads the routing kinds among <paramref name="manifests"/>; other kinds are left alone.</summary>
    /// <exception cref="UnmodelledFieldException">A field is unknown, malformed or not modelled; all of them are named at once.</exception>
    public static MeshModel Read(IReadOnlyList<Manifest> manifests)
    {
        ArgumentNullException.ThrowIfNull(manifests);
        var report = new ReadingReport();
        foreach (var manifest in manifests)
        {
            report.Deny(manifest, IstioAdmission.Denials(manifest));
        }

        RefuseSecondOfOneName(manifests, report);
        var services = ReadAll(manifests, report, "v1", "Service", ServiceReader.Read);
        var gateways = ReadAll(manifests, report, Networking, "Gateway", GatewayReader.Read);
        var virtualServices = ReadAll(manifests, report, Networking, "VirtualService", VirtualServiceReader.Read);
        var destinationRules = ReadAll(manifests, report, Networking, "DestinationRule", DestinationRuleReader.Read);
        foreach (var unheard in gateways.Where(gateway => !gateway.Selects(PodIdentity.IngressGateway)))
        {
            report.Note(
                $"Gateway {unheard.Name}", "spec.selector", "selects no pod of the gateway (istio: ingressgateway): nothing listens for it, as in a mesh");
        }

        report.ThrowIfRefused();
        var declared = manifests.Where(manifest => Is(manifest, Networking, "VirtualService")).ToList();
        if (Delegation.IsUsed(declared))
        {
            var merged = new ReadingReport();
            virtualServices = ReadAll(Delegation.Merge(declared, report), merged, Networking, "VirtualService", VirtualServiceReader.Read);
            merged.ThrowIfRefused();
        }

        return new(services, gateways, virtualServices, destinationRules, report.NotRehearsed);
    }

    /// <summary>To a cluster the second would be a change of the first.</summary>
    private static void RefuseSecondOfOneName(IReadOnlyList<Manifest> manifests, ReadingReport report)
    {
        var routing = manifests.Where(manifest => manifest.Kind == "Service" || manifest.ApiVersion.StartsWith(Networking, StringComparison.Ordinal));
        foreach (var second in routing.GroupBy(manifest => (manifest.Kind, Name: MetadataReader.NameOf(manifest).ToString())).SelectMany(same => same.Skip(1)))
        {
            report.Refuse(second, "metadata.name", "is declared twice: a cluster has one object of a kind and name");
        }
    }

    private static bool Is(Manifest manifest, string apiVersion, string kind) =>
        manifest.Kind == kind && manifest.ApiVersion.StartsWith(apiVersion, StringComparison.Ordinal);

    /// <summary>
    /// Objects of one kind in the order in which Istio processes them: oldest first, and those of one age by name, then namespace
    /// (istio pilot/pkg/model/config.go, configCompareByCreationTime); manifests without a creationTimestamp are of one age.
    /// </summary>
    private static List<T> ReadAll<T>(
        IReadOnlyList<Manifest> manifests, ReadingReport report, string apiVersion, string kind, Func<FieldCursor, ObjectName, T> read)
        where T : class
    {
        var objects = manifests
            .Where(manifest => Is(manifest, apiVersion, kind))
            .Select(manifest => ObjectReader.Read(manifest, report, read));
        return [.. objects.OrderBy(item => item.Name.CreatedAt)
            .ThenBy(item => item.Name.Name, StringComparer.Ordinal)
            .ThenBy(item => item.Name.Namespace, StringComparer.Ordinal)
            .Select(item => item.Spec)
            .OfType<T>()];
    }
}

/// <summary>Completes names as Istio does (istio pilot/pkg/model/config.go, ResolveShortnameToFQDN; resolveGatewayName).</summary>
internal static class HostNames
{
    /// <summary>A name without a dot is a Service of the object's own namespace; wildcards and dotted names stay.</summary>
    public static string Qualify(string host, ObjectName owner) =>
        (host.Contains('.', StringComparison.Ordinal) || host.StartsWith('*') ? host : $"{host}.{owner.Namespace}.svc.cluster.local").ToLowerInvariant();

    /// <summary><c>mesh</c>, or <c>namespace/name</c>; <c>name.namespace</c> is the older way to write the latter.</summary>
    public static string QualifyGateway(string gateway, ObjectName owner)
    {
        if (gateway == VirtualService.Mesh || gateway.Contains('/', StringComparison.Ordinal))
        {
            return gateway;
        }

        var parts = gateway.Split('.');
        return parts.Length == 1 ? $"{owner.Namespace}/{gateway}" : $"{parts[1]}/{parts[0]}";
    }
}
