using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads Istio's Percent: <c>{ value: 12.5 }</c>, 0 to 100.</summary>
internal static class PercentReader
{
    public static double? Read(FieldCursor owner, string field) =>
        owner.Read(field, percent => new Percent(percent.Number("value", 0, 100) ?? 0))?.Value;

    private sealed record Percent(double Value);
}
