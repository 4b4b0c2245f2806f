using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Observability;

/// <summary>A test that needs Prometheus itself; skipped, with the reason, where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PrometheusFactAttribute : FactAttribute
{
    public PrometheusFactAttribute() => Skip = LocalPrometheus.SkipReason;
}
