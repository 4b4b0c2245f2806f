using System.Globalization;

namespace GopherMesh.DataPlane.Observing;

/// <summary>The labels that identify a series of Istio's metrics.</summary>
internal readonly record struct SeriesKey(
    Reporter Reporter, Workload Source, Workload Destination, string Host, int StatusCode, ResponseMarks Flags)
{
    /// <summary>The labels of Istio's proxy in Prometheus' text format; mutual TLS is not rehearsed.</summary>
    public string ToLabels()
    {
        var service = Host.Split('.', 3);
        return string.Join(',', new (string Name, string Value)[]
        {
            ("reporter", Reporter == Reporter.Source ? "source" : "destination"),
            ("source_workload", Source.Name),
            ("source_workload_namespace", Source.Namespace),
            ("source_canonical_service", Source.CanonicalService),
            ("source_canonical_revision", Source.Version),
            ("source_app", Source.App),
            ("source_version", Source.Version),
            ("destination_workload", Destination.Name),
            ("destination_workload_namespace", Destination.Namespace),
            ("destination_canonical_service", Destination.CanonicalService),
            ("destination_canonical_revision", Destination.Version),
            ("destination_app", Destination.App),
            ("destination_version", Destination.Version),
            ("destination_service", Host),
            ("destination_service_name", service[0]),
            ("destination_service_namespace", service.Length > 1 ? service[1] : "unknown"),
            ("request_protocol", "http"),
            ("response_code", StatusCode.ToString(CultureInfo.InvariantCulture)),
            ("response_flags", MarkNames.Of(Flags)),
            ("connection_security_policy", Reporter == Reporter.Source ? "unknown" : "none"),
        }.Select(label => $"{label.Name}=\"{Escape(label.Value)}\""));
    }

    private static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);
}
