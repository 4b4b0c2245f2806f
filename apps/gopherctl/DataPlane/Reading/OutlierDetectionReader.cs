using GopherMesh.Gopherctl.DataPlane.Model;

namespace GopherMesh.Gopherctl.DataPlane.Reading;

/// <summary>Reads OutlierDetection.</summary>
internal static class OutlierDetectionReader
{
    public static OutlierDetection Read(FieldCursor detection) => new(
        detection.Integer("consecutive5xxErrors", 0, int.MaxValue) ?? 5,
        detection.Integer("consecutiveGatewayErrors", 0, int.MaxValue) ?? 0,
        detection.Duration("interval") ?? TimeSpan.FromSeconds(10),
        detection.Duration("baseEjectionTime") ?? TimeSpan.FromSeconds(30),
        detection.Integer("maxEjectionPercent", 0, 100) is { } percent and > 0 ? percent : 10,
        detection.Integer("minHealthPercent", 0, 100) ?? 0);
}
