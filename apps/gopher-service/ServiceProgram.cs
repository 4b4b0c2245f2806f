using System.Text;
using GopherMesh.Service.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GopherMesh.Service;

/// <summary>A service's process: from its environment to its exit code.</summary>
public static class ServiceProgram
{
    /// <summary>
    /// Runs a service until SIGTERM or SIGINT. Exit codes: 0 after a drained stop; 1 when it cannot listen; 2 when an argument or a
    /// variable of the environment is wrong. Errors go to standard error, one line each, without a stack trace.
    /// </summary>
    public static async Task<int> RunAsync(string name, string[] args, Func<ServiceEnvironment, WebApplication> build)
    {
        if (args.Length > 0)
        {
            return Fail(name, 2, [$"the argument '{args[0]}' is not known: a service is configured by its environment alone."]);
        }

        try
        {
            await using var app = build(ServiceEnvironment.OfProcess());
            await app.StartAsync();
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (EnvironmentException exception)
        {
            return Fail(name, 2, exception.Errors);
        }
        catch (Exception exception) when (IsListening(exception))
        {
            return Fail(name, 1, [$"cannot listen on ASPNETCORE_URLS or METRICS_PORT: {exception.Message.ReplaceLineEndings(" ")}"]);
        }
    }

    /// <summary>What Kestrel throws for an address in use or forbidden, a malformed URL, and a scheme that it does not serve.</summary>
    private static bool IsListening(Exception exception) =>
        exception is IOException or System.Net.Sockets.SocketException or FormatException or InvalidOperationException;

    private static int Fail(string name, int exitCode, IReadOnlyList<string> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"{name}: {error}");
        }

        return exitCode;
    }
}

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

/// <summary>Answers a request with text.</summary>
public static class TextAnswer
{
    /// <summary>Answers with a status and UTF-8 text whose length is known, so that it is sent in one piece.</summary>
    public static Task AnswerAsync(this HttpContext context, int status, string text)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(text);
        return response.WriteAsync(text, context.RequestAborted);
    }
}
