using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Service.Telemetry;

/// <summary>
/// Where a service reports to; by default nowhere. The variables are OpenTelemetry's own, but for <c>METRICS_PORT</c>. Its SDK reads
/// those that are not checked here (headers, timeouts, sampler, ...) by itself.
/// </summary>
/// <seealso href="https://opentelemetry.io/docs/specs/otel/protocol/exporter/"/>
public sealed record TelemetrySettings
{
    private const string EndpointRule = "an absolute http or https URL, such as http://collector:4317";

    /// <summary>Whether spans and metrics go to a collector, from <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>.</summary>
    public required bool ExportsAll { get; init; }

    /// <summary>Where spans go instead, from <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>; no path is added to it.</summary>
    public required Uri? TracesEndpoint { get; init; }

    /// <summary>Where metrics go instead, from <c>OTEL_EXPORTER_OTLP_METRICS_ENDPOINT</c>; no path is added to it.</summary>
    public required Uri? MetricsEndpoint { get; init; }

    /// <summary>The port of <c>GET /metrics</c>, from <c>METRICS_PORT</c>, 1 to 65,535; null when metrics are not served.</summary>
    public required int? MetricsPort { get; init; }

    /// <summary>Where that port is opened: on the host of the first of <c>ASPNETCORE_URLS</c>; null when metrics are not served.</summary>
    public required string? MetricsUrl { get; init; }

    /// <summary>Whether requests leave spans. Then a call carries a span of ours instead of the trace headers that came.</summary>
    public bool Traces => ExportsAll || TracesEndpoint is not null;

    /// <summary>Whether metrics go to a collector.</summary>
    public bool ExportsMetrics => ExportsAll || MetricsEndpoint is not null;

    /// <summary>Whether the service reports anything.</summary>
    public bool IsOn => Traces || ExportsMetrics || MetricsPort is not null;

    /// <summary>Reads the variables; the caller ends with <see cref="ServiceEnvironment.ThrowIfWrong"/>.</summary>
    public static TelemetrySettings Read(ServiceEnvironment environment)
    {
        // The SDK would use its default without a message.
        foreach (var signal in (string[])["", "TRACES_", "METRICS_"])
        {
            environment.Optional($"OTEL_EXPORTER_OTLP_{signal}PROTOCOL", TryParseProtocol, "grpc or http/protobuf", fallback: "");
        }

        var port = environment.Optional<int?>("METRICS_PORT", TryParsePort, "a port from 1 to 65535", fallback: null);
        var host = port is null ? null : environment.Required<string>("ASPNETCORE_URLS", TryParseHost, "URLs between semicolons when METRICS_PORT is set");
        return new TelemetrySettings
        {
            ExportsAll = Endpoint(environment, "OTEL_EXPORTER_OTLP_ENDPOINT") is not null,
            TracesEndpoint = Endpoint(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
            MetricsEndpoint = Endpoint(environment, "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"),
            MetricsPort = port,
            MetricsUrl = host is null ? null : $"http://{host}:{port}",
        };
    }

    private static Uri? Endpoint(ServiceEnvironment environment, string name) =>
        environment.Optional<Uri?>(name, TryParseEndpoint, EndpointRule, fallback: null);

    private static bool TryParseEndpoint(string text, [MaybeNullWhen(false)] out Uri? endpoint) =>
        Uri.TryCreate(text, UriKind.Absolute, out endpoint) && (endpoint.Scheme == Uri.UriSchemeHttp || endpoint.Scheme == Uri.UriSchemeHttps);

    private static bool TryParseProtocol(string text, out string protocol)
    {
        protocol = text;
        return text is "grpc" or "http/protobuf";
    }

    private static bool TryParsePort(string text, out int? port)
    {
        port = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= ushort.MaxValue ? number : null;
        return port is not null;
    }

    private static bool TryParseHost(string urls, [MaybeNullWhen(false)] out string host)
    {
        try
        {
            host = BindingAddress.Parse(urls.Split(';')[0]).Host;
            return true;
        }
        catch (FormatException)
        {
            host = null;
            return false;
        }
    }
}
