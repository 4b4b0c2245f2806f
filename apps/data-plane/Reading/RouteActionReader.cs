using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.RegularExpressions;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads redirect, directResponse and rewrite.</summary>
internal static class RouteActionReader
{
    private static readonly int[] RedirectCodes = [301, 302, 303, 307, 308];

    public static HttpRedirect ReadRedirect(FieldCursor redirect)
    {
        var code = redirect.WholeNumber("redirectCode", 0, 999) is { } written and not 0 ? written : 301;
        if (!RedirectCodes.Contains(code))
        {
            redirect.Refuse("redirectCode", $"is {code}; must be one of {string.Join(", ", RedirectCodes)}");
        }

        var derive = redirect.Choice("derivePort", new Dictionary<string, bool>
        {
            ["FROM_PROTOCOL_DEFAULT"] = false,
            ["FROM_REQUEST_PORT"] = true,
        });
        return new(
            redirect.Text("uri") ?? "",
            redirect.Text("prefixRewrite") ?? "",
            redirect.Text("authority") ?? "",
            redirect.WholeNumber("port", 1, 65535),
            derive ?? false,
            redirect.Text("scheme") ?? "",
            code);
    }

    public static DirectResponse ReadDirectResponse(FieldCursor response) => new(
        response.WholeNumber("status", 200, 599) ?? response.Missing("status", 200),
        response.Read("body", body => body.Text("string") ?? body.Missing("string", "")) ?? "");

    public static HttpRewrite ReadRewrite(FieldCursor rewrite)
    {
        var regex = rewrite.ReadValue("uriRegexRewrite", ReadRegex);
        return new(NullIfEmpty(rewrite.Text("uri")), NullIfEmpty(rewrite.Text("authority")), regex?.Match, regex?.Substitution);
    }

    private static (Regex? Match, string Substitution) ReadRegex(FieldCursor rewrite)
    {
        var match = Re2.TryCompile(rewrite.RequiredText("match"), wholeText: false, out var problem);
        if (match is null)
        {
            rewrite.Refuse("match", problem);
        }

        return (match, rewrite.Text("rewrite") ?? "");
    }

    private static string? NullIfEmpty(string? text) => text is "" ? null : text;
}

/// <summary>Reads HTTPFaultInjection; without a percentage no request is affected (route.go, TranslateFault).</summary>
internal static class FaultReader
{
    public static FaultInjection Read(FieldCursor fault) => new(fault.Read("delay", ReadDelay), fault.Read("abort", ReadAbort));

    // istiod takes a delay without a duration and an abort without a status, warns in its log, and leaves them out.
    private static FaultDelay? ReadDelay(FieldCursor delay)
    {
        var percentage = PercentReader.Read(delay, "percentage") ?? delay.Number("percent", 0, 100) ?? 0;
        return delay.Duration("fixedDelay") is { } duration ? new(duration, percentage) : null;
    }

    private static FaultAbort? ReadAbort(FieldCursor abort)
    {
        var percentage = PercentReader.Read(abort, "percentage") ?? 0;
        return abort.WholeNumber("httpStatus", 200, 599) is { } status ? new(status, percentage) : null;
    }
}

/// <summary>Reads Istio's Percent: <c>{ value: 12.5 }</c>, 0 to 100.</summary>
internal static class PercentReader
{
    public static double? Read(FieldCursor owner, string field) =>
        owner.ReadValue(field, percent => percent.Number("value", 0, 100) ?? 0);
}

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
