using System.Diagnostics;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>Where the ingress gateway answers.</summary>
internal static class GatewayAddress
{
    /// <summary>The URL from the environment, or that of the load balancer, which a cloud takes a while to give.</summary>
    public static async Task<Uri> FindAsync()
    {
        if (ClusterSettings.Gateway is { } given)
        {
            return new Uri(given);
        }

        Uri? found = null;
        await Eventually.TrueAsync("the gateway's load balancer has an address", async () =>
        {
            var service = await Kubectl.GetAsync("--namespace", "istio-system", "service", "istio-ingressgateway");
            var ingress = service["status"]?["loadBalancer"]?["ingress"]?[0];
            if ((string?)(ingress?["ip"] ?? ingress?["hostname"]) is { } host)
            {
                found = new Uri($"http://{host}/");
            }

            return found is not null;
        });
        return found!;
    }
}

/// <summary>
/// <c>kubectl proxy</c> on loopback: who scrapes by way of it reaches every pod, wherever the cluster is and without credentials.
/// </summary>
internal sealed class ApiServerProxy : IAsyncDisposable
{
    private readonly Process _process;

    private ApiServerProxy(Process process, string authority) => (_process, Authority) = (process, authority);

    /// <summary>Host and port.</summary>
    public string Authority { get; }

    public static async Task<ApiServerProxy> StartAsync()
    {
        string[] arguments = ["--context", ClusterSettings.Context, "proxy", "--port=0"];
        var process = Process.Start(new ProcessStartInfo("kubectl", arguments) { RedirectStandardOutput = true })!;
        // Its only line: Starting to serve on 127.0.0.1:40841
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("kubectl proxy ended");
        return new ApiServerProxy(process, line.Split(' ')[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
