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
