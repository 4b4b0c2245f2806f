using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.Service.Telemetry;

/// <summary>Which requests leave spans and are counted: those that callers send, not the probes and not the scrapes of metrics.</summary>
internal static class Observed
{
    /// <summary>Whether a request comes from a caller.</summary>
    public static bool Is(HttpContext context, TelemetrySettings settings) =>
        !Probes.IsProbe(context.Request.Path) && context.Connection.LocalPort != settings.MetricsPort;

    /// <summary>Leaves a request out of ASP.NET Core's metrics.</summary>
    public static void Exclude(HttpContext context)
    {
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            metrics.MetricsDisabled = true;
        }
    }
}
