using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads HTTPFaultInjection; without a percentage no request is affected (route.go, TranslateFault).</summary>
internal static class FaultReader
{
    public static FaultInjection Read(FieldCursor fault) => new(fault.Read("delay", ReadDelay), fault.Read("abort", ReadAbort));

    // istiod takes a delay without a duration and an abort without a status, warns in its log, and leaves them out.
    private static FaultDelay? ReadDelay(FieldCursor delay)
    {
        var percentage = PercentReader.Read(delay, "percentage") ?? delay.Number("percent", 0, 100) ?? 0;
        return delay.Duration("fixedDelay") is { } duration ? new(duration, percentage) : null;
    }

    private static FaultAbort? ReadAbort(FieldCursor abort)
    {
        var percentage = PercentReader.Read(abort, "percentage") ?? 0;
        return abort.WholeNumber("httpStatus", 200, 599) is { } status ? new(status, percentage) : null;
    }
}

/// <summary>Reads Istio's Percent: <c>{ value: 12.5 }</c>, 0 to 100.</summary>
internal static class PercentReader
{
    public static double? Read(FieldCursor owner, string field) =>
        owner.ReadValue(field, percent => percent.Number("value", 0, 100) ?? 0);
}
