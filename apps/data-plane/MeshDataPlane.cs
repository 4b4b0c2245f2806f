using System.Collections.Concurrent;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Proxying;
using GopherMesh.DataPlane.Routing;

namespace GopherMesh.DataPlane;

/// <summary>
/// The rehearsal's data plane: a gateway and one sidecar per pod that obey the declared routing over real HTTP, all in this process and
/// on loopback. It does the work of istiod (translating the objects) and of Envoy, and follows their sources.
/// </summary>
public sealed class MeshDataPlane : IAsyncDisposable
{
    private readonly Lock _applying = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ProxyServices _services;
    private readonly Proxy _gateway;
    private readonly List<Proxy> _proxies = [];
    private readonly ConcurrentDictionary<int, Listener> _gatewayListeners = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<Sidecar>>> _sidecars = new();
    private (MeshModel Model, IReadOnlyList<PodEndpoint> Pods) _current;

    private MeshDataPlane(MeshModel model, IReadOnlyList<PodEndpoint> pods, DataPlaneOptions options)
    {
        _services = new(
            new SeededRandom(options.Seed ?? (ulong)Random.Shared.NextInt64()),
            options.Time,
            options.Observer ?? new NoObserver(),
            new Defects(),
            _stopping.Token);
        _gateway = new(options.GatewayPod, isGateway: true, _services);
        _current = (model, pods);
        _gateway.Apply(model, pods);
        _proxies.Add(_gateway);
    }

    /// <summary>
    /// Fails with the first defect of the data plane itself, and never ends without one. Observations after a defect say nothing about the
    /// services.
    /// </summary>
    public Task Defect => _services.Defects.First;

    /// <summary>Starts the gateway on a loopback port for each declared port.</summary>
    public static async Task<MeshDataPlane> StartAsync(
        MeshModel model, IReadOnlyList<PodEndpoint> pods, DataPlaneOptions options, CancellationToken cancellation)
    {
        var plane = new MeshDataPlane(model, pods, options);
        await plane.ListenAsync(model, cancellation);
        return plane;
    }

    /// <summary>Where the declared gateway port <paramref name="gatewayPort"/> is reached: <c>http://127.0.0.1:PORT</c>.</summary>
    /// <exception cref="ArgumentException">No declared Gateway has that port.</exception>
    public Uri GatewayAddress(int gatewayPort) => _gatewayListeners.TryGetValue(gatewayPort, out var listener)
        ? listener.Address
        : throw new ArgumentException($"No declared Gateway listens on port {gatewayPort}; declared: {string.Join(", ", _current.Model.GatewayPorts)}.");

    /// <summary>
    /// The sidecar of a pod, which the first call starts: the address for the pod's <c>http_proxy</c>. It takes absolute-form requests
    /// and routes them as the mesh does.
    /// </summary>
    public async Task<Uri> OutboundProxyAsync(PodIdentity source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var key = $"{source.Namespace}/{source.Name}";
        var sidecar = _sidecars.GetOrAdd(key, _ => new(() => StartSidecarAsync(source)));
        try
        {
            return (await sidecar.Value).Listener.Address;
        }
        catch
        {
            // The next call tries again.
            _sidecars.TryRemove(KeyValuePair.Create(key, sidecar));
            throw;
        }
    }

    /// <summary>Stops and forgets the sidecar of a pod that is gone.</summary>
    public async Task RemoveProxyAsync(PodIdentity source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (_sidecars.TryRemove($"{source.Namespace}/{source.Name}", out var starting) && await StartedAsync(starting) is { } sidecar)
        {
            lock (_applying)
            {
                _proxies.Remove(sidecar.Proxy);
            }

            await sidecar.Listener.DisposeAsync();
            sidecar.Proxy.Dispose();
        }
    }

    /// <summary>
    /// Applies a new model and new pods to every proxy at once and without dropping a connection: requests under way end under the rules
    /// with which they began. A new gateway port gets a listener; a port that is no longer declared answers 404.
    /// </summary>
    public async Task ApplyAsync(MeshModel model, IReadOnlyList<PodEndpoint> pods, CancellationToken cancellation)
    {
        lock (_applying)
        {
            Apply(model, pods);
        }

        await ListenAsync(model, cancellation);
    }

    /// <summary>Applies new pods under the current model. A failure is a defect, and <see cref="Defect"/> reports it.</summary>
    public void ApplyPods(IReadOnlyList<PodEndpoint> pods)
    {
        lock (_applying)
        {
            try
            {
                Apply(_current.Model, pods);
            }
#pragma warning disable CA1031 // Pods change on threads of their own, where no one could catch it.
            catch (Exception defect)
#pragma warning restore CA1031
            {
                _services.Defects.Report(defect);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var sidecar in _sidecars.Values)
        {
            if (await StartedAsync(sidecar) is { } started)
            {
                await started.Listener.DisposeAsync();
            }
        }

        foreach (var listener in _gatewayListeners.Values)
        {
            await listener.DisposeAsync();
        }

        await _stopping.CancelAsync();
        _proxies.ForEach(proxy => proxy.Dispose());
        _stopping.Dispose();
    }

    private static async Task<Sidecar?> StartedAsync(Lazy<Task<Sidecar>> starting)
    {
        await ((Task)starting.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return starting.Value.IsCompletedSuccessfully ? await starting.Value : null;
    }

    private void Apply(MeshModel model, IReadOnlyList<PodEndpoint> pods)
    {
        foreach (var proxy in _proxies)
        {
            proxy.Apply(model, pods);
        }

        _current = (model, pods);
    }

    private async Task ListenAsync(MeshModel model, CancellationToken cancellation)
    {
        foreach (var port in model.GatewayPorts.Where(port => !_gatewayListeners.ContainsKey(port)))
        {
            _gatewayListeners[port] = await Listener.StartAsync(context => _gateway.ServeAsync(context, port), Exchange.GatewayName, cancellation);
        }
    }

    private async Task<Sidecar> StartSidecarAsync(PodIdentity source)
    {
        var proxy = new Proxy(source, isGateway: false, _services);
        var listener = await Listener.StartAsync(context => proxy.ServeAsync(context, null), Exchange.SidecarName, CancellationToken.None);
        try
        {
            lock (_applying)
            {
                proxy.Apply(_current.Model, _current.Pods);
                _proxies.Add(proxy);
            }

            return new(proxy, listener);
        }
        catch
        {
            await listener.DisposeAsync();
            throw;
        }
    }

    private sealed record Sidecar(Proxy Proxy, Listener Listener);
}
