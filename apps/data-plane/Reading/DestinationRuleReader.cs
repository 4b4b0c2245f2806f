using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a DestinationRule (istio api networking/v1alpha3/destination_rule.proto).</summary>
internal static class DestinationRuleReader
{
    public static DestinationRule Read(FieldCursor spec, ObjectName name)
    {
        ExportTo.Read(spec);
        return new(
            name,
            HostNames.Qualify(spec.RequiredText("host"), name),
            spec.Read("trafficPolicy", TrafficPolicyReader.Read),
            spec.ReadEach("subsets", ReadSubset));
    }

    private static Subset ReadSubset(FieldCursor subset) =>
        new(subset.RequiredText("name"), subset.TextMap("labels"), subset.Read("trafficPolicy", TrafficPolicyReader.Read));
}
