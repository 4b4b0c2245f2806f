using Yarp.ReverseProxy.Forwarder;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Tells the failures of a connection apart.</summary>
internal static class UpstreamFailure
{
    public static TryOutcome Classify(ForwarderError error, Exception? exception) =>
        error == ForwarderError.RequestTimedOut ? TryOutcome.ConnectFailure : Classify(exception);

    public static TryOutcome Classify(Exception? exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => TryOutcome.ConnectFailure,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => TryOutcome.ProtocolError,
        _ => TryOutcome.Reset,
    };
}
