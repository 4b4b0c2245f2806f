using System.Collections.Concurrent;

namespace GopherMesh.Tests.Engine;

/// <summary>Callers from outside, through the load balancer, while the gateway's pods come and go.</summary>
[Collection(RunningStack.Name)]
public sealed class GatewayRolloutTests(RunningStack running)
{
    private const string Namespace = "istio-system";

    private const string Gateway = "deployment/istio-ingressgateway";

    // The engine's copy of the chart has one pod of the gateway, whatever the values say. The stack declares two, with this budget (GatewayValues.cs).
    private const int Pods = 2;

    private const int RequestsPerSecond = 20;

    [EngineFact]
    public async Task No_request_is_lost_while_the_gateway_rolls_out() =>
        await AssertNoneLostAsync("the gateway rolled out", () => Started.RunAsync("kubectl", "--namespace", Namespace, "rollout", "restart", Gateway));

    [EngineFact]
    public async Task No_request_is_lost_while_the_node_is_drained() =>
        await AssertNoneLostAsync("the node was drained", DrainAsync);

    private async Task AssertNoneLostAsync(string what, Func<Task> disturb)
    {
        (await Started.BashAsync(
            $"kubectl --namespace {Namespace} scale {Gateway} --replicas={Pods} && kubectl --namespace {Namespace} rollout status {Gateway} --timeout=300s && "
            + $"{{ kubectl --namespace {Namespace} get poddisruptionbudget istio-ingressgateway || kubectl --namespace {Namespace} create poddisruptionbudget istio-ingressgateway --selector=istio=ingressgateway --max-unavailable=1; }}"))
            .Succeeded();
        await running.Stack.FirstAnswerAsync();
        using var stop = new CancellationTokenSource();
        var calling = CallAsync(new(await running.Stack.OutputAsync("url")), stop.Token);
        await disturb();
        await Started.RunAsync("kubectl", "--namespace", Namespace, "rollout", "status", Gateway, "--timeout=400s");

        // The pods that were replaced go on serving until the load balancer has forgotten them.
        await Started.BashAsync($"until [[ $(kubectl --namespace {Namespace} get pods --selector istio=ingressgateway --output name | wc -l) == {Pods} ]]; do sleep 1; done");
        await stop.CancelAsync();
        var (sent, failed) = await calling;
        Checkout.Report($"{what}: {sent} requests, {failed.Count} failed {string.Join("; ", failed.Take(3))}");
        Assert.Empty(failed);
        Assert.True(sent > 100, $"only {sent} requests were sent");
    }

    // Everything that a request meets is evicted, gateway and gophers. The cluster has one node: it takes pods again as soon as the drain has
    // closed it, or no pod could be replaced. DNS stays, which Auto Mode's nodes run outside pods.
    private static async Task DrainAsync()
    {
        var drained = await Started.BashAsync("""
            node=$(kubectl get nodes --output=jsonpath={.items[0].metadata.name})
            kubectl drain "$node" --pod-selector='app in (istio-ingressgateway,gopher-requester,gopher-distributor)' --ignore-daemonsets --delete-emptydir-data --timeout=500s &
            until [[ $(kubectl get node "$node" --output=jsonpath={.spec.unschedulable}) == true ]]; do sleep 0.2; done
            kubectl uncordon "$node"
            wait $!
            """);
        Assert.True(drained.ExitCode == 0, drained.Output);
        Checkout.Report($"kubectl drain, {drained.Took.TotalSeconds:F0} s: {drained.Output.Split('\n').Count(line => line.EndsWith(" evicted", StringComparison.Ordinal))} pods evicted");
    }

    // At a steady rate, whatever the answers take; every second one on a connection of its own.
    private static async Task<(int Sent, IReadOnlyCollection<string> Failed)> CallAsync(Uri url, CancellationToken stop)
    {
        using var kept = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(15) };
        using var fresh = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(15) };
        using var clock = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / RequestsPerSecond));
        var (failed, requests) = (new ConcurrentQueue<string>(), new List<Task>());
        while (!stop.IsCancellationRequested && await clock.WaitForNextTickAsync(CancellationToken.None))
        {
            requests.Add(AskAsync(requests.Count % 2 == 0 ? kept : fresh));
        }

        await Task.WhenAll(requests);
        return (requests.Count, failed);

        async Task AskAsync(HttpClient client)
        {
            try
            {
                using var answer = await client.GetAsync("/", CancellationToken.None);
                if (!answer.IsSuccessStatusCode)
                {
                    failed.Enqueue($"{DateTime.UtcNow:HH:mm:ss} {(int)answer.StatusCode}");
                }
            }
            catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
            {
                failed.Enqueue($"{DateTime.UtcNow:HH:mm:ss} {lost.Message}");
            }
        }
    }
}
