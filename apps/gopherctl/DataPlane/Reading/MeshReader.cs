using GopherMesh.Gopherctl.DataPlane.Model;
using GopherMesh.Gopherctl.Manifests;

namespace GopherMesh.Gopherctl.DataPlane.Reading;

/// <summary>Reads the routing kinds among the manifests.</summary>
internal static class MeshReader
{
    public static MeshModel Read(IReadOnlyList<Manifest> manifests)
    {
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

    private const string Networking = "networking.istio.io/";

    /// <summary>Objects of one kind in the order in which Istio processes them.</summary>
    private static List<T> ReadAll<T>(
        IReadOnlyList<Manifest> manifests, ReadingReport report, string apiVersion, string kind, Func<FieldCursor, ObjectName, T> read)
        where T : class
    {
        var objects = new List<(ObjectName Name, T Value)>();
        foreach (var manifest in manifests)
        {
            if (manifest.Kind == kind && manifest.ApiVersion.StartsWith(apiVersion, StringComparison.Ordinal))
            {
                objects.Add(ReadOne(manifest, report, read));
            }
        }

        return [.. objects.OrderBy(item => item.Name).Select(item => item.Value)];
    }

    private static (ObjectName Name, T Value) ReadOne<T>(Manifest manifest, ReadingReport report, Func<FieldCursor, ObjectName, T> read)
        where T : class
    {
        var root = FieldCursor.Of(manifest, report);
        _ = root.Text("apiVersion");
        _ = root.Text("kind");
        var name = root.Object("metadata", metadata => MetadataReader.Read(metadata, manifest)) ?? MetadataReader.NameOf(manifest);
        var value = root.Object("spec", spec => read(spec, name)) ?? read(new([], "spec", manifest, report), name);
        root.Finish();
        return (name, value);
    }
}
