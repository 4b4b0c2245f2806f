using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace GopherMesh.Service;

/// <summary>JSON lines on standard output, one for each event.</summary>
internal static class JsonLogs
{
    /// <summary>Logs at <paramref name="least"/> and above; ASP.NET Core's own events only from warning on.</summary>
    public static void AddJsonLogs(this ILoggingBuilder logging, LogLevel least) => logging
        .AddJsonConsole(Format)
        .SetMinimumLevel(least)
        .AddFilter("Microsoft", LogLevel.Warning)
        // ServiceProgram reports in one line why a start failed.
        .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

    private static void Format(JsonConsoleFormatterOptions json)
    {
        json.UseUtcTimestamp = true;
        json.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    }
}

/// <summary>One line for each request, at debug level.</summary>
internal static partial class AccessLog
{
    /// <summary>Adds the log only where it is enabled, so that it costs nothing otherwise: levels do not change while a service runs.</summary>
    public static void UseAccessLog(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Access");
        if (logger.IsEnabled(LogLevel.Debug))
        {
            app.Use((context, next) => LogAsync(logger, context, next));
        }
    }

    private static async Task LogAsync(ILogger logger, HttpContext context, RequestDelegate next)
    {
        var start = Stopwatch.GetTimestamp();
        await next(context);
        LogRequest(logger, context.Request.Method, context.Request.Path, context.Response.StatusCode,
            Stopwatch.GetElapsedTime(start).TotalMilliseconds, Activity.Current?.TraceId.ToHexString());
    }

    [LoggerMessage(10, LogLevel.Debug, "{Method} {Path} {Status} in {DurationMs} ms, trace {TraceId}")]
    private static partial void LogRequest(ILogger logger, string method, string path, int status, double durationMs, string? traceId);
}
