using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace GopherMesh.Service;

/// <summary>What the services have in common: how they listen, log, drain and tell their state.</summary>
public static class ServiceDefaults
{
    /// <summary>A builder that reads nothing but the environment, and a service's common parts in it.</summary>
    public static WebApplicationBuilder CreateBuilder(ServiceSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = settings.Name,
            // Not the current folder, whose files are none of the service's.
            ContentRootPath = AppContext.BaseDirectory,
            // A watched file takes an inotify instance, of which a node has 128 for all pods of a user.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.AddJsonLogs();
        builder.Services
            .AddSingleton(settings)
            .AddSingleton(new Drain(settings.DrainWindow))
            .AddHostedService<ServiceLifecycle>()
            .Configure<HostOptions>(host => host.ShutdownTimeout = settings.DrainWindow + Drain.InFlightLimit);
        return builder;
    }

    /// <summary>While the service drains, every answer closes its connection, so that the client's next request goes elsewhere.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        var drain = app.Services.GetRequiredService<Drain>();
        app.UseAccessLog();
        app.Use((context, next) =>
        {
            if (drain.InProgress && HttpProtocol.IsHttp11(context.Request.Protocol))
                context.Response.Headers.Connection = "close";
            return next(context);
        });
        return app;
    }

    /// <summary>JSON lines on standard output; levels come from <c>Logging__LogLevel__*</c>, and the framework's below warning are off.</summary>
    private static void AddJsonLogs(this WebApplicationBuilder builder)
    {
        // Before the environment's own source, which therefore wins.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData =
            [
                new("Logging:LogLevel:Default", "Information"),
                new("Logging:LogLevel:Microsoft", "Warning"),
                // What stops the start is said in one line by ServiceProgram.
                new("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "None"),
            ],
        });
        builder.Logging.ClearProviders().AddJsonConsole(Format);
    }

    private static void Format(JsonConsoleFormatterOptions json)
    {
        json.UseUtcTimestamp = true;
        json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    }
}
