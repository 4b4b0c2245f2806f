using System.Collections.Concurrent;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Proxying;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>A pod that answers with its name, and remembers what it was asked.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly Listener _listener;

    private Backend(Listener listener, string pod, string app, string version) => (_listener, Pod, App, Version) = (listener, pod, app, version);

    public string Pod { get; }

    public string App { get; }

    public string Version { get; }

    public ConcurrentQueue<Seen> Requests { get; } = new();

    /// <summary>What it does instead of answering 200 at once.</summary>
    public Func<HttpContext, Task>? Behaviour { get; set; }

    public PodEndpoint Endpoint => new(
        Pod,
        Declared.Namespace,
        new Dictionary<string, string> { ["app"] = App, ["version"] = Version },
        new Dictionary<string, int> { ["http"] = _listener.Address.Port, ["8080"] = _listener.Address.Port },
        Ready: true);

    public static async Task<Backend> StartAsync(string pod, string app, string version)
    {
        Backend? backend = null;
        var listener = await Listener.StartAsync(context => backend!.AnswerAsync(context), "backend", CancellationToken.None);
        return backend = new(listener, pod, app, version);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var request = context.Request;
        Requests.Enqueue(new(
            request.Method,
            request.Path + request.QueryString,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await body.ReadToEndAsync()));
        await (Behaviour?.Invoke(context) ?? Task.CompletedTask);
        if (!context.Response.HasStarted && context.Response.StatusCode == 200)
        {
            await context.Response.WriteAsync(Pod);
        }
    }
}

/// <summary>A request as a pod saw it.</summary>
internal sealed record Seen(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
