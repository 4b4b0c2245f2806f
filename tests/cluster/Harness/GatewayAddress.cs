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
