using System.Collections.Concurrent;
using System.Net;
using GopherMesh.DataPlane.Model;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Rehearse.Pods;
using GopherMesh.Infra.Conventions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace GopherMesh.Gopherctl.Rehearse.Faults;

/// <summary>
/// Makes the pods of versions faulty: the data plane reaches each of their ports through a listener on loopback that breaks a share of
/// the requests and passes on the others. The pods' probes go past it, so the pods are ready, as those of a bad release are. Nothing
/// stands before the pods of a version without a fault.
/// </summary>
internal sealed class FaultyPods : IPodPath, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, InForce> _faults = new();
    private readonly ConcurrentDictionary<(string Pod, int Port), Task<(WebApplication Listener, int Port)>> _listeners = new();
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false });

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>Ends the process of a pod.</summary>
    public Action<string> Crash { get; set; } = _ => { };

    /// <inheritdoc/>
    public PodEndpoint To(PodEndpoint pod)
    {
        if (pod.Labels.GetValueOrDefault(Names.VersionLabel) is not { } version || !_faults.ContainsKey(version))
        {
            return pod;
        }

        var ports = pod.LoopbackPorts.ToDictionary(port => port.Key, port => ListenerFor(pod.Pod, version, port.Value));
        return ports.Values.All(port => port is not null)
            ? pod with { LoopbackPorts = ports.ToDictionary(port => port.Key, port => port.Value!.Value) }
            : pod;
    }

    /// <summary>The fault of a version; null where nothing is wrong with it.</summary>
    public VersionFault? Of(string version) => _faults.GetValueOrDefault(version)?.Fault;

    /// <summary>Makes a version faulty, in another way than before too, or whole again; requests that hang end.</summary>
    /// <param name="version">The version, by the pods' label.</param>
    /// <param name="fault">What goes wrong; null for nothing.</param>
    public void Set(string version, VersionFault? fault)
    {
        _faults.TryRemove(version, out var before);
        if (fault is not null)
        {
            _faults[version] = new(fault);
        }

        before?.End.Cancel();
        Changed?.Invoke();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var fault in _faults.Values)
        {
            await fault.End.CancelAsync();
        }

        foreach (var starting in _listeners.Values)
        {
            await (await starting).Listener.DisposeAsync();
        }

        _client.Dispose();
    }

    // Null until the listener is up; then the change is reported.
    private int? ListenerFor(string pod, string version, int port)
    {
        var starting = _listeners.GetOrAdd((pod, port), key =>
        {
            var started = StartAsync(key.Pod, version, key.Port);
            _ = started.ContinueWith(_ => Changed?.Invoke(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            return started;
        });
        return starting.IsCompletedSuccessfully ? starting.Result.Port : null;
    }

    private async Task<(WebApplication Listener, int Port)> StartAsync(string pod, string version, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Quieten();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var listener = builder.Build();
        listener.Run(context => ServeAsync(context, pod, version, $"http://127.0.0.1:{port}"));
        await listener.StartAsync(CancellationToken.None);
        var address = listener.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return (listener, new Uri(address).Port);
    }

    private async Task ServeAsync(HttpContext context, string pod, string version, string destination)
    {
        if (_faults.GetValueOrDefault(version) is { Fault: var fault } inForce && Random.Shared.NextDouble() < fault.Share)
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
                    using (var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, inForce.End.Token))
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

    private sealed record InForce(VersionFault Fault)
    {
        /// <summary>Cancelled when the fault is over. Not disposed: requests that hang may still look at it.</summary>
        public CancellationTokenSource End { get; } = new();
    }
}
