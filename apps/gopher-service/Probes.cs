using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace GopherMesh.Service;

/// <summary>What a service says of itself. None of it asks another service: a pod is not restarted for another one's failure.</summary>
public static class Probes
{
    private static readonly ContentHttpResult Alive = TypedResults.Text("ok\n");
    private static readonly ContentHttpResult Ready = TypedResults.Text("ready\n");
    private static readonly ContentHttpResult NotReady = TypedResults.Text("draining\n", statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary><c>GET /healthz</c> (startup and liveness), <c>GET /readyz</c> (readiness, 503 while draining) and <c>GET /version</c> (JSON).</summary>
    public static void MapProbes(this IEndpointRouteBuilder app)
    {
        app.MapGet("/healthz", () => Alive);
        app.MapGet("/readyz", (Drain drain) => drain.InProgress ? NotReady : Ready);
        app.MapGet("/version", (ServiceSettings settings) =>
            TypedResults.Json(new VersionInfo(settings.Name, settings.Version, settings.Pod), VersionJson.Default.VersionInfo));
    }
}

/// <summary>The answer of <c>GET /version</c>.</summary>
internal sealed record VersionInfo(string Service, string Version, string Pod);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VersionInfo))]
internal sealed partial class VersionJson : JsonSerializerContext;
