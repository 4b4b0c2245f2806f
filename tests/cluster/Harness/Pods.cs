using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>The pods of a Deployment.</summary>
internal static class Pods
{
    /// <summary>The pods that are not being deleted.</summary>
    public static async Task<IReadOnlyList<Pod>> OfAsync(string @namespace, string selector) =>
        [.. (await Kubectl.ListAsync("--namespace", @namespace, "pods", "--selector", selector))
            .Where(pod => pod["metadata"]!["deletionTimestamp"] is null)
            .Select(pod => new Pod(@namespace, pod))];

    /// <summary>
    /// Lets the API server reach Envoy's statistics, which <see cref="Pod.RequestsReceivedAsync"/> reads, and all that the agent serves,
    /// where NetworkPolicies are enforced.
    /// </summary>
    public static JsonObject ReadableStatistics(string @namespace) => DeclaredObject.ToJson($$"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: readable-statistics, namespace: {{@namespace}} }
        spec: { podSelector: {}, policyTypes: [Ingress], ingress: [{ ports: [{ port: 15090, protocol: TCP }, { port: 15020, protocol: TCP }] }] }
        """);
}
