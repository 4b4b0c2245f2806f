using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Reading;

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
