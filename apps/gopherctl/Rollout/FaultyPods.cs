using System.Collections.Concurrent;
using System.Net;
using GopherMesh.DataPlane.Model;
using GopherMesh.Gopherctl.Rehearse.Pods;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Gopherctl.Rollout;

/// <summary>
/// Makes the pods of one version faulty: the data plane reaches each of their ports through a listener on loopback that breaks a share of
/// the requests and passes on the others. The pods' probes go past it, so the pods are ready, as those of a bad release are.
/// </summary>
/// <param name="version">The version, by the pods' label.</param>
/// <param name="fault">What goes wrong.</param>
internal sealed class FaultyPods(string version, CanaryFault fault) : IPodPath, IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Pod, int Port), Task<(WebApplication Listener, int Port)>> _listeners = new();
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Ends the process of a pod.</summary>
    public Action<string> Crash { get; set; } = _ => { };

    /// <inheritdoc/>
    public PodEndpoint To(PodEndpoint pod)
    {
        if (pod.Labels.GetValueOrDefault("version") != version)
        {
            return pod;
        }

        var ports = pod.LoopbackPorts.ToDictionary(port => port.Key, port => ListenerFor(pod.Pod, port.Value));
        return ports.Values.All(port => port is not null)
            ? pod with { LoopbackPorts = ports.ToDictionary(port => port.Key, port => port.Value!.Value) }
            : pod with { Ready = false };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var starting in _listeners.Values)
        {
            await (await starting).Listener.DisposeAsync();
        }

        _client.Dispose();
        _stopping.Dispose();
    }

    // Null until the listener is up; then the change is told.
    private int? ListenerFor(string pod, int port)
    {
        var starting = _listeners.GetOrAdd((pod, port), key =>
        {
            var started = StartAsync(key.Pod, key.Port);
            _ = started.ContinueWith(_ => Changed?.Invoke(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return started;
        });
        return starting.IsCompletedSuccessfully ? starting.Result.Port : null;
    }

    private async Task<(WebApplication Listener, int Port)> StartAsync(string pod, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var listener = builder.Build();
        listener.Run(context => ServeAsync(context, pod, $"http://127.0.0.1:{port}"));
        await listener.StartAsync(CancellationToken.None);
        var address = listener.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return (listener, new Uri(address).Port);
    }

    private async Task ServeAsync(HttpContext context, string pod, string destination)
    {
        if (Random.Shared.NextDouble() < fault.Share)
        {
            switch (fault.Kind)
            {
                case FaultKind.Errors:
                    context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    await context.Response.WriteAsync($"fault on purpose: {pod} answers 500\n", context.RequestAborted);
                    return;
                case FaultKind.Slow:
                    await Task.Delay(fault.Delay, context.RequestAborted);
                    break;
                case FaultKind.Hang:
                    using (var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token))
                    {
                        await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    }

                    context.Abort();
                    return;
                default:
                    Crash(pod);
                    context.Abort();
                    return;
            }
        }

        await ForwardAsync(context, destination);
    }

    private async Task ForwardAsync(HttpContext context, string destination)
    {
        using var request = new HttpRequestMessage(new(context.Request.Method), destination + context.Request.Path + context.Request.QueryString);
        if (context.Request.ContentLength > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Transfer-Encoding" or "Connection")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        try
        {
            using var response = await _client.SendAsync(request, context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection")))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // The pod has gone, or the caller: the connection ends as theirs did.
            context.Abort();
        }
    }
}
