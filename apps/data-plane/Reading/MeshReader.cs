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
        var services = ReadAll(manifests, report, "v1", "Service", ServiceReader.Read);
        var gateways = ReadAll(manifests, report, Networking, "Gateway", GatewayReader.Read);
        var virtualServices = ReadAll(manifests, report, Networking, "VirtualService", VirtualServiceReader.Read);
        var destinationRules = ReadAll(manifests, report, Networking, "DestinationRule", DestinationRuleReader.Read);
        RefuseSecondGatewayWorkload(manifests, gateways, report);
        report.ThrowIfRefused();
        return new(services, gateways, virtualServices, destinationRules, report.NotRehearsed);
    }

    /// <summary>The rehearsal has one gateway, so all Gateways have to select the same pods.</summary>
    private static void RefuseSecondGatewayWorkload(IReadOnlyList<Manifest> manifests, List<Gateway> gateways, ReadingReport report)
    {
        foreach (var other in gateways.Skip(1).Where(gateway => !gateway.Selector.ToHashSet().SetEquals(gateways[0].Selector)))
        {
            var manifest = manifests.First(candidate =>
                candidate.Kind == "Gateway" && MetadataReader.NameOf(candidate).ToString() == other.Name.ToString());
            report.Refuse(manifest, "spec.selector", $"selects other pods than {gateways[0].Name}: the rehearsal has one gateway");
        }
    }

    /// <summary>
    /// Objects of one kind in the order in which Istio processes them: oldest first, and those of one age by name, then namespace
    /// (istio pilot/pkg/model/config.go, configCompareByCreationTime); manifests without a creationTimestamp are of one age.
    /// </summary>
    private static List<T> ReadAll<T>(
        IReadOnlyList<Manifest> manifests, ReadingReport report, string apiVersion, string kind, Func<FieldCursor, ObjectName, T> read)
        where T : class
    {
        var objects = manifests
            .Where(manifest => manifest.Kind == kind && manifest.ApiVersion.StartsWith(apiVersion, StringComparison.Ordinal))
            .Select(manifest => ObjectReader.Read(manifest, report, read));
        return [.. objects.OrderBy(item => item.Name.CreatedAt)
            .ThenBy(item => item.Name.Name, StringComparer.Ordinal)
            .ThenBy(item => item.Name.Namespace, StringComparer.Ordinal)
            .Select(item => item.Spec)
            .OfType<T>()];
    }
}
