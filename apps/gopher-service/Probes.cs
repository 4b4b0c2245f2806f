using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace GopherMesh.Service;

/// <summary>What a service reports about itself. No probe calls another service: a pod must not be restarted because another one fails.</summary>
public static class Probes
{
    private const string Health = "/healthz";
    private const string Readiness = "/readyz";
    private const string Version = "/version";

    /// <summary>Whether a path is one of those that <see cref="MapProbes"/> serves.</summary>
    internal static bool IsProbe(PathString path) => path.Value is Health or Readiness or Version;

    /// <summary><c>GET /healthz</c> (startup and liveness), <c>GET /readyz</c> (readiness, 503 while draining) and <c>GET /version</c> (JSON).</summary>
    public static void MapProbes(this IEndpointRouteBuilder app)
    {
        var drain = app.ServiceProvider.GetRequiredService<Drain>();
        var settings = app.ServiceProvider.GetRequiredService<ServiceSettings>();
        var version = new VersionInfo(settings.Name, settings.Version, settings.Pod);
        app.MapGet(Health, context => context.AnswerAsync(StatusCodes.Status200OK, "ok\n"));
        app.MapGet(Readiness, context => drain.InProgress
            ? context.AnswerAsync(StatusCodes.Status503ServiceUnavailable, "draining\n")
            : context.AnswerAsync(StatusCodes.Status200OK, "ready\n"));
        app.MapGet(Version, context => context.Response.WriteAsJsonAsync(version, VersionJson.Default.VersionInfo));
    }
}

/// <summary>The answer of <c>GET /version</c>.</summary>
internal sealed record VersionInfo(string Service, string Version, string Pod);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionInfo))]
internal sealed partial class VersionJson : JsonSerializerContext;
