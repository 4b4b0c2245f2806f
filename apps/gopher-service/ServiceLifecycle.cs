using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Service;

/// <summary>Drains before Kestrel stops, and logs one line for each step of a service's life.</summary>
internal sealed partial class ServiceLifecycle(ServiceSettings settings, Drain drain, IServer server, ILogger<ServiceLifecycle> logger)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()!.Addresses;
        LogListening(settings.Name, settings.Version, settings.Pod, string.Join(' ', addresses));
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        LogDraining((int)drain.Window.TotalMilliseconds);
        return drain.RunAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        LogStopped();
        return Task.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Information, "{Service} {Version} in pod {Pod} is listening on {Addresses}")]
    private partial void LogListening(string service, string version, string pod, string addresses);

    [LoggerMessage(2, LogLevel.Information, "Draining: not ready, accepting requests for another {WindowMs} ms")]
    private partial void LogDraining(int windowMs);

    [LoggerMessage(3, LogLevel.Information, "Stopped")]
    private partial void LogStopped();
}

/// <summary>
/// The first part of a stop: the service is no longer ready and closes each connection with its next answer, but still answers.
/// The second part is Kestrel's: it stops listening and lets the requests in flight finish.
/// </summary>
public sealed class Drain(TimeSpan window)
{
    /// <summary>
    /// The longest that requests in flight may take after the window, so that window, this and a preStop sleep of up to 15 s
    /// together stay below Kubernetes' default grace period of 30 s.
    /// </summary>
    public static readonly TimeSpan InFlightLimit = TimeSpan.FromSeconds(12);

    private volatile bool _inProgress;

    /// <summary>Whether the service is stopping.</summary>
    public bool InProgress => _inProgress;

    /// <summary>How long requests are still accepted.</summary>
    public TimeSpan Window => window;

    /// <summary>Begins the drain and completes at the end of the window, or when <paramref name="cancellation"/> is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation)
    {
        _inProgress = true;
        return Task.Delay(window, cancellation).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}

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
