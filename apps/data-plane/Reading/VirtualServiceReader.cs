using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a VirtualService (istio api networking/v1alpha3/virtual_service.proto); tcp and tls routes are not modelled.</summary>
internal static class VirtualServiceReader
{
    public static VirtualService Read(FieldCursor spec, ObjectName name)
    {
        ExportTo.Read(spec);
        var hosts = spec.Texts("hosts");
        if (hosts.Count == 0)
        {
            spec.Missing("hosts", 0);
        }

        var gateways = spec.Texts("gateways");
        return new(
            name,
            [.. hosts.Select(host => HostNames.Qualify(host, name))],
            gateways.Count == 0 ? [VirtualService.Mesh] : [.. gateways.Select(gateway => HostNames.QualifyGateway(gateway, name))],
            spec.ReadEach("http", route => HttpRouteReader.Read(route, name)));
    }
}

/// <summary>Reads exportTo: only visibility to every namespace, which is the default, is modelled.</summary>
internal static class ExportTo
{
    public static void Read(FieldCursor spec)
    {
        if (spec.Texts("exportTo") is not ([] or ["*"]))
        {
            spec.Refuse("exportTo", "the rehearsal shows every object to every namespace: remove it, or write [\"*\"]");
        }
    }
}
