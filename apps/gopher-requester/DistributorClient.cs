using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace GopherMesh.Requester;

/// <summary>What the requester answers: a status and one line, its newline included.</summary>
internal readonly record struct Answer(int Status, string Text)
{
    /// <summary>What the answer says in <c>set-cookie</c>; null for nothing.</summary>
    public string? SetCookie { get; init; }
}

/// <summary>
/// Calls the distributor once. Retries are the mesh's task, because it knows how many it may make. (If the server closed a pooled
/// connection before it read the request, HttpClient sends the request over a new one.)
/// </summary>
internal sealed class DistributorClient : IDisposable
{
    private const int LongestAnswer = 4096;

    private readonly RequesterSettings _settings;
    private readonly string[] _propagated;
    private readonly HttpClient _http;

    public DistributorClient(RequesterSettings settings)
    {
        _settings = settings;
        _propagated = HeaderPropagation.Names(settings.PropagatedHeaders, settings.Service.Telemetry.Traces);
        _http = new HttpClient(CreateHandler(settings.Service.Telemetry.Traces))
        {
            Timeout = settings.DistributorTimeout,
            MaxResponseContentBufferSize = LongestAnswer,
        };
    }

    /// <summary>
    /// The distributor's line behind the prefix; or 504 when it is too slow and 502 when it fails otherwise, with the reason; or 499
    /// when the client left, which cancels the call.
    /// </summary>
    public async Task<Answer> AskAsync(HttpRequest caller, CancellationToken clientLeft)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _settings.DistributorUrl);
        HeaderPropagation.Copy(caller.Headers, request.Headers, _propagated);
        _settings.StickyCookie?.Copy(caller.Cookies, request.Headers);
        try
        {
            using var response = await _http.SendAsync(request, clientLeft);
            var answer = RequesterAnswer.Judge(response.StatusCode, await response.Content.ReadAsStringAsync(clientLeft));

            // Only with an answer: a caller whose request failed has met no version, and is not to stay with one that does not work.
            return answer.Status == StatusCodes.Status200OK ? answer with { SetCookie = _settings.StickyCookie?.SetBy(response.Headers) } : answer;
        }
        catch (HttpRequestException exception)
        {
            return RequesterAnswer.Failed(exception);
        }
        catch (OperationCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            return RequesterAnswer.TooSlow(_settings.DistributorTimeout);
        }
        catch (OperationCanceledException) when (clientLeft.IsCancellationRequested)
        {
            return new Answer(StatusCodes.Status499ClientClosedRequest, "");
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Obeys http_proxy and no_proxy. Keeps connections for at most two minutes, so that a changed address is found.</summary>
    private static SocketsHttpHandler CreateHandler(bool traces) => new()
    {
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        // Without telemetry the trace headers are forwarded unchanged: a span of ours that nobody records would leave a gap in the trace.
        ActivityHeadersPropagator = traces ? DistributedContextPropagator.CreateW3CPropagator() : null,
    };
}

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
