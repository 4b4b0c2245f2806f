using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GopherMesh.Service.Telemetry;

/// <summary>Spans and metrics of requests. Called only if somebody gets them, so that a service without telemetry does not even load the libraries.</summary>
internal static class OpenTelemetrySetup
{
    /// <summary>Adds what <paramref name="settings"/> ask for.</summary>
    public static void AddOpenTelemetry(this WebApplicationBuilder builder, ServiceSettings settings)
    {
        var telemetry = settings.Telemetry;
        // Where the SDK finds its own variables.
        builder.Configuration.AddEnvironmentVariables();
        var openTelemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, settings));
        if (telemetry.Traces)
        {
            openTelemetry.WithTracing(tracing => Trace(tracing, telemetry));
        }

        if (telemetry.ExportsMetrics || telemetry.MetricsPort is not null)
        {
            openTelemetry.WithMetrics(metrics => Measure(metrics, telemetry));
        }

        if (telemetry.MetricsUrl is { } url)
        {
            builder.WebHost.UseUrls($"{builder.Configuration[WebHostDefaults.ServerUrlsKey]};{url}");
        }
    }

    /// <summary>Serves <c>/metrics</c>, and nothing else, on its port, and leaves probes and scrapes out of the metrics.</summary>
    public static void UseOpenTelemetry(this WebApplication app, TelemetrySettings settings)
    {
        app.Use((context, next) =>
        {
            if (!ObservedRequests.Is(context, settings))
            {
                ObservedRequests.Exclude(context);
            }

            return next(context);
        });
        if (settings.MetricsPort is not { } port)
        {
            return;
        }

        app.MapWhen(context => context.Connection.LocalPort == port, metrics =>
        {
            // Istio's agent appends these lines to Envoy's, which are in the text format, and labels the whole with the format of these.
            metrics.Use((context, next) =>
            {
                context.Request.Headers.Accept = "text/plain";
                return next(context);
            });
            metrics.UseOpenTelemetryPrometheusScrapingEndpoint();
            metrics.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        });
    }

    /// <summary>The environment (<c>OTEL_RESOURCE_ATTRIBUTES</c>, <c>OTEL_SERVICE_NAME</c>) is read last and wins.</summary>
    private static void Describe(ResourceBuilder resource, ServiceSettings settings) => resource
        .Clear()
        .AddTelemetrySdk()
        // A pod runs one instance; a random id would make new series at every restart.
        .AddService(settings.Name, serviceVersion: settings.Version, serviceInstanceId: settings.Pod)
        .AddAttributes([new("k8s.pod.name", settings.Pod)])
        .AddEnvironmentVariableDetector();

    private static void Trace(TracerProviderBuilder tracing, TelemetrySettings settings)
    {
        // .NET itself reads and writes W3C Trace Context; OpenTelemetry's own propagator would also rewrite `baggage`, which must be passed on unchanged.
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        tracing
            .AddAspNetCoreInstrumentation(server => server.Filter = context => ObservedRequests.Is(context, settings))
            .AddHttpClientInstrumentation()
            .AddOtlpExporter(otlp => Aim(otlp, settings.TracesEndpoint));
    }

    private static void Measure(MeterProviderBuilder metrics, TelemetrySettings settings)
    {
        metrics
            .AddMeter("Microsoft.AspNetCore.Hosting", "System.Net.Http", "System.Runtime")
            // This metric cannot leave out the probes, or the scrape that reads it.
            .AddView("http.server.active_requests", MetricStreamConfiguration.Drop);
        if (settings.ExportsMetrics)
        {
            metrics.AddOtlpExporter(otlp => Aim(otlp, settings.MetricsEndpoint));
        }

        if (settings.MetricsPort is not null)
        {
            metrics.AddPrometheusExporter();
        }
    }

    private static void Aim(OtlpExporterOptions otlp, Uri? endpoint)
    {
        if (endpoint is not null)
        {
            otlp.Endpoint = endpoint;
        }
    }
}

/// <summary>Which requests leave spans and are counted: those that callers send, not the probes and not the scrapes of metrics.</summary>
internal static class ObservedRequests
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
