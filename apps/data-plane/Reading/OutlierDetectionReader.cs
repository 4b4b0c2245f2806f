using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads OutlierDetection.</summary>
internal static class OutlierDetectionReader
{
    public static OutlierDetection Read(FieldCursor detection) => new(
        detection.WholeNumber("consecutive5xxErrors", 0, int.MaxValue) ?? 5,
        detection.WholeNumber("consecutiveGatewayErrors", 0, int.MaxValue) ?? 0,
        detection.Duration("interval") ?? TimeSpan.FromSeconds(10),
        detection.Duration("baseEjectionTime") ?? TimeSpan.FromSeconds(30),
        detection.WholeNumber("maxEjectionPercent", 0, 100) is { } percent and > 0 ? percent : 10,
        detection.WholeNumber("minHealthPercent", 0, 100) ?? 0);
}
