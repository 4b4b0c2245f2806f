using System.Text.Json.Nodes;
using GopherMesh.Tests.Cluster.Rendered;

namespace GopherMesh.Tests.Cluster.Harness;

/// <summary>The distributor's routes as the requesters' proxies have them: what says that a change has taken effect.</summary>
internal static class ProxyRoutes
{
    /// <summary>Waits until each requester's Envoy has exactly the declared destinations, weights, mirrors, conditions on headers and faults.</summary>
    public static async Task InEffectAsync(Mesh mesh)
    {
        var declared = DeclaredRoutes(mesh.Current.Single("VirtualService", "gopher-distributor"));
        var host = (string)mesh.Current.Single("VirtualService", "gopher-distributor").Body["spec"]!["hosts"]![0]!;
        var pods = await Pods.OfAsync(mesh.Namespace, "app=gopher-requester");
        // One after the other: each question starts processes here and in the pod, which the load under test would feel.
        foreach (var pod in pods)
        {
            await Eventually.TrueAsync(
                $"{pod.Name} routes {string.Join(" / ", declared)}", async () => declared.SetEquals(await InProxyAsync(pod, host)));
        }
    }

    private static HashSet<string> DeclaredRoutes(DeclaredObject virtualService) =>
        [.. virtualService.Body["spec"]!["http"]!.AsArray().Select(route => Describe(
            route!["route"]!.AsArray().Select(to => ((string)to!["destination"]!["subset"]!, (int?)to["weight"] ?? 100)),
            (string?)route["mirror"]?["subset"],
            (double?)route["mirrorPercentage"]?["value"],
            route["match"]?[0]?["headers"]?.AsObject().Select(header => (header.Key, (string?)header.Value!["exact"] ?? (string?)header.Value["regex"])) ?? [],
            ["abort", "delay"], fault => (double?)route["fault"]?[fault]?["percentage"]?["value"]))];

    private static async Task<HashSet<string>> InProxyAsync(Pod pod, string host)
    {
        var dump = await pod.EnvoyAsync("config_dump?resource=dynamic_route_configs&name_regex=^80$");
        var virtualHosts = dump["configs"]?.AsArray().SelectMany(config => config!["route_config"]!["virtual_hosts"]!.AsArray()) ?? [];
        return [.. virtualHosts
            .Where(virtualHost => virtualHost!["domains"]!.AsArray().Any(domain => (string)domain! == host))
            .SelectMany(virtualHost => virtualHost!["routes"]!.AsArray())
            .Select(route => FromEnvoy(route!))];
    }

    private static string FromEnvoy(JsonNode route)
    {
        var action = route["route"]!;
        var mirror = action["request_mirror_policies"]?[0];
        return Describe(
            action["weighted_clusters"]?["clusters"]!.AsArray().Select(cluster => (Subset(cluster!["name"]), (int)cluster["weight"]!))
                ?? [(Subset(action["cluster"]), 100)],
            mirror is null ? null : Subset(mirror["cluster"]),
            Percent(mirror?["runtime_fraction"]?["default_value"]),
            route["match"]!["headers"]?.AsArray()
                .Select(header => (Name: (string)header!["name"]!, (string?)header["string_match"]?["exact"] ?? (string?)header["string_match"]?["safe_regex"]?["regex"]))
                .Where(header => !header.Name.StartsWith(':')) ?? [],
            ["abort", "delay"], fault => Percent(route["typed_per_filter_config"]?["envoy.filters.http.fault"]?[fault]?["percentage"]));
    }

    // Envoy never gets a destination of weight 0 (istio pilot/pkg/networking/core/route/route.go).
    private static string Describe(
        IEnumerable<(string Subset, int Weight)> destinations, string? mirror, double? percent, IEnumerable<(string Name, string? Value)> headers, string[] faults, Func<string, double?> share) =>
        string.Join(" + ", destinations.Where(to => to.Weight > 0).Select(to => $"{to.Subset} {to.Weight}").Order(StringComparer.Ordinal))
        + (mirror is null || percent is 0 ? "" : $", {percent:0.##} % copied to {mirror}")
        + string.Concat(headers.Select(header => $", {header.Name} {header.Value}"))
        + string.Concat(faults.Where(fault => share(fault) is not null).Select(fault => $", {fault} {share(fault):0.##} %"));

    private static double? Percent(JsonNode? fraction) =>
        fraction is null ? null : ((double?)fraction["numerator"] ?? 0) / PerPercent(fraction);

    private static int PerPercent(JsonNode fraction) => (string?)fraction["denominator"] switch
    {
        "MILLION" => 10_000,
        "TEN_THOUSAND" => 100,
        _ => 1,
    };

    // outbound|80|v1|gopher-distributor.gophers.svc.cluster.local
    private static string Subset(JsonNode? cluster) => ((string)cluster!).Split('|')[2];
}
