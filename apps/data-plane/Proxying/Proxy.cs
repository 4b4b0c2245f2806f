using System.Collections.Frozen;
using System.Globalization;
using GopherMesh.DataPlane.Clusters;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;
using GopherMesh.DataPlane.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>One Envoy: the gateway's, or the sidecar of a pod. It has clusters, and so ejections and limits, of its own.</summary>
internal sealed class Proxy(PodIdentity identity, bool isGateway, ProxyServices services) : IDisposable
{
    private volatile ProxySnapshot _snapshot = ProxySnapshot.Empty;

    public PodIdentity Identity { get; } = identity;

    public bool IsGateway { get; } = isGateway;

    /// <summary>Applies new rules to the requests that come from now on.</summary>
    public void Apply(MeshModel model, IReadOnlyList<PodEndpoint> pods)
    {
        var tables = new Dictionary<int, RouteTable>();
        foreach (var port in IsGateway ? model.GatewayPorts : model.ServicePorts)
        {
            tables[port] = IsGateway ? GatewayTable.Build(model, Identity, port) : SidecarTable.Build(model, Identity, port);
        }

        var previous = _snapshot;
        _snapshot = previous.Next(tables, ClusterTable.Build(model, pods, Identity.Namespace), services, Tell);
        foreach (var cluster in previous.Clusters.Values)
        {
            cluster.Retire(_snapshot.Clusters.GetValueOrDefault(cluster.Spec.Name));
        }
    }

    public void Dispose()
    {
        foreach (var cluster in _snapshot.Clusters.Values)
        {
            cluster.Dispose();
        }
    }

    /// <param name="context">The request.</param>
    /// <param name="gatewayPort">The declared port it came to; null at a sidecar, where the request names it.</param>
    public async Task ServeAsync(HttpContext context, int? gatewayPort)
    {
        try
        {
            await ServeAsync(new Exchange(this, context, _snapshot), gatewayPort);
        }
#pragma warning disable CA1031 // An unexpected exception is a failure of the data plane; it must not look like an answer of a service.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            services.Defects.Report(defect);
            await LocalReply.SendDefectAsync(context, defect);
        }
    }

    private async Task ServeAsync(Exchange exchange, int? gatewayPort)
    {
        EdgeHeaders.Apply(exchange.Context.Request, IsGateway);
        try
        {
            await AnswerAsync(exchange, gatewayPort ?? PortOf(exchange.Authority));
        }
        catch (Exception failure) when (exchange.Context.RequestAborted.IsCancellationRequested || failure is BadHttpRequestException)
        {
            // The caller hung up, or sent a broken body: nobody waits for an answer, and none is made up.
            exchange.Context.Abort();
        }

        services.Observer.OnRequest(exchange.SourceReport());
    }

    private async Task AnswerAsync(Exchange exchange, int port)
    {
        if (PathNormalizer.HasNul(exchange.Path))
        {
            await LocalReply.BadPath.SendAsync(exchange);
            return;
        }

        var table = exchange.Snapshot.Tables.GetValueOrDefault(port);
        if (table?.Find(exchange.Authority) is not { } host)
        {
            await (IsGateway ? LocalReply.NoRoute : LocalReply.Outside(exchange.Authority)).SendAsync(exchange);
            return;
        }

        if (host.RequiresTls)
        {
            Redirect(exchange, 301, Redirection.ToHttps(exchange));
            return;
        }

        // A request without a path, such as OPTIONS * or CONNECT, matches no route (envoy config_impl.cc, VirtualHostImpl::getRouteFromEntries).
        exchange.Route = exchange.Path.StartsWith('/') ? host.Find(exchange) : null;
        await (exchange.Route is { } route ? FollowAsync(exchange, route) : LocalReply.NoRoute.SendAsync(exchange));
    }

    private async Task FollowAsync(Exchange exchange, Route route)
    {
        // The destination is chosen together with the route, so its header operations also apply to an abort.
        exchange.Target = route.Action is ForwardAction choice ? Chance.Pick(choice, services.Random) : null;
        if (route.Fault is { } fault && await FaultInjector.InjectAsync(fault, exchange, services.Random) is { } abort)
        {
            await abort.SendAsync(exchange);
            return;
        }

        switch (route.Action)
        {
            case ForwardAction forward:
                await ForwardAsync(exchange, forward);
                break;
            case RedirectAction redirect:
                Redirect(exchange, redirect.Redirect.Code, Redirection.Location(redirect, exchange));
                break;
            case DirectAction { Response: var response }:
                // Envoy adds the location to these statuses (router.cc, add_location).
                exchange.Context.Response.Headers.Location = response.Status is 201 or (>= 300 and < 400) ? Redirection.ToItself(exchange) : StringValues.Empty;
                await new LocalReply(response.Status, default, response.Body).SendAsync(exchange);
                break;
        }
    }

    private async Task ForwardAsync(Exchange exchange, ForwardAction action)
    {
        if (!exchange.Snapshot.Clusters.TryGetValue(exchange.Target!.Cluster, out var cluster))
        {
            await LocalReply.NoCluster.SendAsync(exchange);
            return;
        }

        exchange.Cluster = cluster;
        using var forwarding = new Forwarding(services, exchange, action, cluster);
        await forwarding.RunAsync();
    }

    private static void Redirect(Exchange exchange, int code, string location)
    {
        var response = exchange.Context.Response;
        (response.StatusCode, response.Headers.Location, response.ContentLength) = (code, location, 0);
        exchange.FinishHeaders(isOfDestination: false);
        response.ContentType = StringValues.Empty;
    }

    private void Tell(UpstreamHost host, bool isEjected) => services.Observer.OnEjection(new(Identity.Name, host.Endpoint.Pod.Pod, isEjected));

    private static int PortOf(string authority)
    {
        var port = authority.AsSpan(HostName.WithoutPort(authority).Length).TrimStart(':');
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 80;
    }
}

/// <summary>What all proxies of a data plane share.</summary>
internal sealed record ProxyServices(
    IRandomSource Random, TimeProvider Time, IRequestObserver Observer, Defects Defects, CancellationToken Stopping);

/// <summary>Keeps the first unexpected failure of the data plane itself, so that its user can report it.</summary>
internal sealed class Defects
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Fails with the first defect; does not end without one.</summary>
    public Task First => _first.Task;

    public void Report(Exception defect) => _first.TrySetException(defect);

    /// <summary>Reports the failure of work that nobody waits for.</summary>
    public void Watch(Task work) => _ = work.ContinueWith(
        failed => Report(failed.Exception!.InnerException!),
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}

/// <summary>The rules that a proxy follows; replaced as a whole.</summary>
/// <param name="Tables">The virtual hosts by the port that requests come to.</param>
/// <param name="Clusters">The clusters by name.</param>
internal sealed record ProxySnapshot(FrozenDictionary<int, RouteTable> Tables, FrozenDictionary<string, Cluster> Clusters)
{
    public static ProxySnapshot Empty { get; } = new(FrozenDictionary<int, RouteTable>.Empty, FrozenDictionary<string, Cluster>.Empty);

    /// <summary>The next snapshot, whose clusters carry on those of this one.</summary>
    public ProxySnapshot Next(Dictionary<int, RouteTable> tables, IEnumerable<ClusterSpec> clusters, ProxyServices services, Action<UpstreamHost, bool> ejected) => new(
        tables.ToFrozenDictionary(),
        clusters.ToFrozenDictionary(spec => spec.Name, spec => new Cluster(spec, Clusters.GetValueOrDefault(spec.Name), services.Random, services.Time, ejected)));
}
