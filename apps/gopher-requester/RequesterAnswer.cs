using System.Globalization;
using System.Net;

namespace GopherMesh.Requester;

/// <summary>Decides what the requester answers, from the distributor's answer or the failure of the call.</summary>
internal static class RequesterAnswer
{
    /// <summary>
    /// 200 with one line is the answer. Everything else is a failure of the distributor or of the mesh, never of the caller, whose
    /// request the distributor does not see: 504 stays 504 (a proxy's timeout), any other status, 4xx included, becomes 502.
    /// </summary>
    public static Answer Judge(HttpStatusCode status, string body) => status switch
    {
        HttpStatusCode.OK when IsOneLine(body.AsSpan().TrimEnd("\r\n")) =>
            new Answer(StatusCodes.Status200OK, $"Request >> {body.AsSpan().TrimEnd("\r\n")}\n"),
        HttpStatusCode.OK => BadGateway("answered something other than one line of text"),
        HttpStatusCode.GatewayTimeout => GatewayTimeout("answered 504"),
        _ => BadGateway($"answered {((int)status).ToString(CultureInfo.InvariantCulture)}"),
    };

    /// <summary>No answer at all: names the reason without details of the network.</summary>
    public static Answer Failed(HttpRequestException exception) => BadGateway(exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "has no address",
        HttpRequestError.ConnectionError => "cannot be reached",
        HttpRequestError.SecureConnectionError => "cannot be reached securely",
        HttpRequestError.ConfigurationLimitExceeded => "answered more than a line can hold",
        HttpRequestError.InvalidResponse => "answered something other than HTTP",
        HttpRequestError.ResponseEnded => "closed the connection before its answer was complete",
        // A reset connection has no error code of its own.
        HttpRequestError.Unknown when exception.InnerException is IOException => "closed the connection before its answer was complete",
        _ => "cannot be called",
    });

    /// <summary>No answer within the time of a call.</summary>
    public static Answer TooSlow(TimeSpan timeout) =>
        GatewayTimeout($"did not answer within {timeout.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)} ms");

    private static bool IsOneLine(ReadOnlySpan<char> text) => !text.IsWhiteSpace() && !text.ContainsAnyInRange('\0', '\x1f');

    private static Answer BadGateway(string reason) => new(StatusCodes.Status502BadGateway, $"gopher-distributor {reason}\n");

    private static Answer GatewayTimeout(string reason) => new(StatusCodes.Status504GatewayTimeout, $"gopher-distributor {reason}\n");
}
