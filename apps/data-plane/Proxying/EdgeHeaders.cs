using GopherMesh.DataPlane.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>What a proxy does to a request's headers before it looks for a route (envoy conn_manager_utility.cc, mutateRequestHeaders).</summary>
internal static class EdgeHeaders
{
    /// <summary>Headers by which callers inside Envoy's network steer it; Istio has no such network unless meshNetworks declares one.</summary>
    private static readonly string[] Internal =
    [
        "x-envoy-internal", "x-envoy-retry-on", "x-envoy-retry-grpc-on", "x-envoy-max-retries", "x-envoy-retriable-status-codes",
        "x-envoy-retriable-header-names", "x-envoy-upstream-alt-stat-name", "x-envoy-upstream-rq-timeout-ms",
        "x-envoy-upstream-rq-per-try-timeout-ms", "x-envoy-upstream-rq-timeout-alt-response", "x-envoy-expected-rq-timeout-ms",
        "x-envoy-force-trace", "x-envoy-ip-tags", "x-envoy-original-url", "x-envoy-hedge-on-per-try-timeout",
        "x-forwarded-client-cert", "x-envoy-decorator-operation",
    ];

    private static readonly string[] FromOutside =
        ["x-envoy-original-path", "x-envoy-downstream-service-cluster", "x-envoy-downstream-service-node"];

    /// <param name="request">The request as received.</param>
    /// <param name="isGateway">
    /// The gateway is where requests enter the mesh (use_remote_address): it notes the caller's address and trusts neither a protocol nor a
    /// request id from outside.
    /// </param>
    public static void Apply(HttpRequest request, bool isGateway)
    {
        var headers = request.Headers;
        Remove(headers, Internal);
        if (isGateway)
        {
            Remove(headers, FromOutside);
            var caller = request.HttpContext.Connection.RemoteIpAddress!.ToString();
            AppendForwardedFor(headers, caller);
            headers["x-forwarded-proto"] = "http";
            headers["x-envoy-external-address"] = caller;
            headers["x-request-id"] = NewRequestId();
        }
        else
        {
            headers.TryAdd("x-forwarded-proto", "http");
            if (!headers.ContainsKey("x-request-id"))
            {
                headers["x-request-id"] = NewRequestId();
            }
        }
    }

    public static void AppendForwardedFor(IHeaderDictionary headers, string address)
    {
        var known = headers["x-forwarded-for"];
        headers["x-forwarded-for"] = known.Count == 0 ? address : $"{known},{address}";
    }

    private static string NewRequestId() => Guid.NewGuid().ToString();

    private static void Remove(IHeaderDictionary headers, string[] names)
    {
        foreach (var name in names)
        {
            headers.Remove(name);
        }
    }
}

/// <summary>Carries out header operations.</summary>
internal static class HeaderEditor
{
    public static void Apply(HeaderChanges changes, IHeaderDictionary headers)
    {
        foreach (var name in changes.Remove)
        {
            headers.Remove(name);
        }

        foreach (var (name, value) in changes.Set)
        {
            headers[name] = value;
        }

        foreach (var (name, value) in changes.Add)
        {
            headers[name] = StringValues.Concat(headers[name], value);
        }
    }
}
