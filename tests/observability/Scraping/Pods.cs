using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Observability;

/// <summary>
/// Pods as Prometheus' discovery reports them, a target for each port of a container
/// (https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod). Their addresses are this machine's own, and nothing
/// answers there.
/// </summary>
internal static class Pods
{
    /// <summary>A pod of a namespace with the label <c>app</c> and annotations, e.g. <c>scrape=true port=15020</c>.</summary>
    public static JsonObject Of(
        string @namespace, string app, string address, string annotations = "", string phase = "Running", int port = 8080)
    {
        var labels = new JsonObject
        {
            ["__meta_kubernetes_namespace"] = @namespace,
            ["__meta_kubernetes_pod_name"] = $"{app}-{address.Split('.', ':')[^1]}",
            ["__meta_kubernetes_pod_ip"] = address,
            ["__meta_kubernetes_pod_phase"] = phase,
            ["__meta_kubernetes_pod_label_app"] = app,
            ["__meta_kubernetes_pod_container_port_number"] = $"{port}",
        };
        foreach (var annotation in annotations.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('=')))
        {
            labels[$"__meta_kubernetes_pod_annotation_prometheus_io_{annotation[0]}"] = annotation[1];
        }

        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        return new JsonObject { ["targets"] = new JsonArray($"{host}:{port}"), ["labels"] = labels };
    }
}
