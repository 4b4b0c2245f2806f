using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads HTTPFaultInjection; without a percentage no request is affected (route.go, TranslateFault).</summary>
internal static class FaultReader
{
    public static FaultInjection Read(FieldCursor fault) => new(fault.Read("delay", ReadDelay), fault.Read("abort", ReadAbort));

    private static FaultDelay ReadDelay(FieldCursor delay) => new(
        delay.Duration("fixedDelay") ?? delay.Missing("fixedDelay", TimeSpan.Zero),
        PercentReader.Read(delay, "percentage") ?? delay.Number("percent", 0, 100) ?? 0);

    private static FaultAbort ReadAbort(FieldCursor abort) => new(
        abort.WholeNumber("httpStatus", 200, 599) ?? abort.Missing("httpStatus", 503),
        PercentReader.Read(abort, "percentage") ?? 0);
}

/// <summary>Reads Istio's Percent: <c>{ value: 12.5 }</c>, 0 to 100.</summary>
internal static class PercentReader
{
    public static double? Read(FieldCursor owner, string field) =>
        owner.ReadValue(field, percent => percent.Number("value", 0, 100) ?? 0);
}
