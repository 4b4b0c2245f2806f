namespace GopherMesh.Infra.Mesh;

/// <summary>The NetworkPolicies that Istio's charts bring for their own pods (https://istio.io/latest/docs/setup/additional-setup/network-policy/).</summary>
internal static class ChartPolicies
{
    /// <summary>
    /// Switches them on; the value <c>global</c> of each chart. In comes what the component serves, from anywhere: the API server's and a
    /// load balancer's addresses are not known. Out goes everything: the API server's address again, and every gateway's backends.
    /// </summary>
    public static Dictionary<string, object> Values() => new() { ["networkPolicy"] = new Dictionary<string, object> { ["enabled"] = true } };
}
