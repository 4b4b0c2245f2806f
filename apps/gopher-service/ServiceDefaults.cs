using GopherMesh.Service.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GopherMesh.Service;

/// <summary>What the services have in common: how they listen, log, report, drain and answer probes.</summary>
public static class ServiceDefaults
{
    /// <summary>
    /// A builder with what the services need and no more: no settings file and no folder is read or watched. (A watched one takes an
    /// inotify instance, of which a node has 128 for all pods of a user.)
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(ServiceSettings settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = settings.Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        // ASPNETCORE_URLS
        builder.Configuration.AddEnvironmentVariables("ASPNETCORE_");
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddJsonLogs(settings.LogLevel);
        builder.Services
            .AddRoutingCore()
            .AddSingleton(settings)
            .AddSingleton(new Drain(settings.DrainWindow))
            .AddHostedService<ServiceLifecycle>()
            .Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainWindow + Drain.InFlightLimit);
        if (settings.Telemetry.IsOn)
        {
            builder.AddOpenTelemetry(settings);
        }

        return builder;
    }

    /// <summary>While the service drains, every answer closes its connection, so that the client's next request goes elsewhere.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        if (app.Services.GetRequiredService<ServiceSettings>().Telemetry is { IsOn: true } telemetry)
        {
            app.UseOpenTelemetry(telemetry);
        }

        app.UseAccessLog();
        app.Use((context, next) =>
        {
            if (drain.InProgress && HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.Headers.Connection = "close";
            }

            return next(context);
        });
        return app;
    }
}
