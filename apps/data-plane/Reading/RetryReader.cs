using System.Collections.Frozen;
using System.Globalization;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads HTTPRetry (istio pilot/pkg/networking/core/route/retry/retry.go, ConvertPolicy).</summary>
internal static class RetryReader
{
    private static readonly Dictionary<string, RetryOn> Conditions = new()
    {
        ["5xx"] = RetryOn.ServerError,
        ["gateway-error"] = RetryOn.GatewayError,
        ["reset"] = RetryOn.Reset,
        ["reset-before-request"] = RetryOn.ResetBeforeRequest,
        ["connect-failure"] = RetryOn.ConnectFailure,
        ["refused-stream"] = RetryOn.RefusedStream,
        ["retriable-4xx"] = RetryOn.Retriable4xx,
        ["retriable-status-codes"] = RetryOn.StatusCodes,
        ["cancelled"] = RetryOn.GrpcCancelled,
        ["unavailable"] = RetryOn.GrpcUnavailable,
        ["deadline-exceeded"] = RetryOn.GrpcDeadlineExceeded,
        ["internal"] = RetryOn.GrpcInternal,
        ["resource-exhausted"] = RetryOn.GrpcResourceExhausted,
    };

    public static RetryPolicy Read(FieldCursor retries)
    {
        var (on, codes) = ReadConditions(retries);
        return new(
            retries.WholeNumber("attempts", 0, int.MaxValue) ?? 0,
            retries.Duration("perTryTimeout"),
            on,
            codes,
            retries.Flag("retryIgnorePreviousHosts") ?? true,
            retries.Duration("backoff") ?? RetryPolicy.DefaultBackoff);
    }

    private static (RetryOn On, FrozenSet<int> Codes) ReadConditions(FieldCursor retries)
    {
        if (retries.Text("retryOn") is not { Length: > 0 } text)
        {
            return (RetryPolicy.DefaultConditions, FrozenSet<int>.Empty);
        }

        var (on, codes) = (RetryOn.None, new List<int>());
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            {
                codes.Add(code);
            }
            else if (Conditions.TryGetValue(part, out var condition))
            {
                on |= condition;
            }
            else
            {
                retries.Refuse("retryOn", $"\"{part}\" is not modelled; the rehearsal knows status codes and {string.Join(", ", Conditions.Keys)}");
            }
        }

        return (codes.Count > 0 ? on | RetryOn.StatusCodes : on, codes.ToFrozenSet());
    }
}
