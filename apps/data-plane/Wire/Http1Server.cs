using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// Envoy's side of HTTP/1.1 towards callers: it answers a request that it refuses itself, and closes the connection. Kestrel, which runs the
/// connections, would answer such callers differently, and accepts heads and requests that Envoy refuses.
/// </summary>
/// <param name="serve">Answers a request.</param>
/// <param name="serverName">The proxy's name.</param>
internal sealed class Http1Server(Func<HttpContext, Task> serve, string serverName)
{
    /// <summary>Envoy's delayed_close_timeout: a caller that is still sending gets to read why the connection ends.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    /// <summary>Serves a connection to its end.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            while (await ServeOneAsync(connection))
            {
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException or ConnectionAbortedException or InvalidOperationException
            && connection.ConnectionClosed.IsCancellationRequested)
        {
            // The caller is gone.
        }
        catch (OperationCanceledException)
        {
            // The listener ends, and no request is under way.
        }
    }

    /// <summary>False when the connection is to end.</summary>
    private async Task<bool> ServeOneAsync(ConnectionContext connection)
    {
        try
        {
            var ending = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;
            var head = await MessageHead.ReadAsync(connection.Transport.Input, MessageHead.MostRequestBytes, RequestLine.CheckBeginning, ending);
            return head is not null && await AnswerAsync(connection, head);
        }
        catch (MalformedMessageException refusal)
        {
            await RefuseAsync(connection, refusal);
            await LingerAsync(connection);
            return false;
        }
    }

    private async Task<bool> AnswerAsync(ConnectionContext connection, MessageHead head)
    {
        var line = RequestLine.Parse(head.StartLine);
        if (!head.Values("host").All(RequestLine.IsAuthority))
        {
            throw new MalformedMessageException(400);
        }

        if (line.Authority is null && head.Values("host").Count == 0)
        {
            throw new MalformedMessageException(400, withBody: false);
        }

        using var exchange = new Http1Exchange(connection, line, head, Framing.OfRequest(head));
        if (exchange.Upgrade is { } upgrade && !upgrade.Equals("websocket", StringComparison.OrdinalIgnoreCase))
        {
            throw new MalformedMessageException(403, withBody: false);
        }

        await serve(new DefaultHttpContext(FeaturesOf(connection, exchange)));
        if (exchange.IsTunnel)
        {
            return false;
        }

        await exchange.CompleteAsync();
        if (exchange.ClosesConnection && !exchange.IsRequestComplete)
        {
            await LingerAsync(connection);
        }

        return !exchange.ClosesConnection;
    }

    private static FeatureCollection FeaturesOf(ConnectionContext connection, Http1Exchange exchange)
    {
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(exchange);
        features.Set<IHttpRequestBodyDetectionFeature>(exchange);
        features.Set<IHttpResponseFeature>(exchange);
        features.Set<IHttpResponseBodyFeature>(exchange);
        features.Set<IHttpRequestLifetimeFeature>(exchange);
        features.Set<IConnectionUpgradeFeature>(exchange);
        features.Set<IInterimResponseFeature>(exchange);
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = (connection.RemoteEndPoint as IPEndPoint)?.Address });
        return features;
    }

    private async Task RefuseAsync(ConnectionContext connection, MalformedMessageException refusal)
    {
        var output = connection.Transport.Output;
        var body = refusal.WithBody ? HeadWriter.ReasonOf(refusal.Status) : "";
        HeadWriter.WriteStatusLine(output, refusal.Status);
        HeadWriter.Write(output, $"content-length: {Encoding.Latin1.GetByteCount(body)}\r\n");
        HeadWriter.Write(output, body.Length > 0 ? "content-type: text/plain\r\n" : "");
        HeadWriter.Write(output, $"date: {DateTimeOffset.UtcNow:R}\r\nserver: {serverName}\r\nconnection: close\r\n\r\n{body}");
        await output.FlushAsync(connection.ConnectionClosed);
    }

    private static async Task LingerAsync(ConnectionContext connection)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(Linger);
        try
        {
            for (var isOpen = true; isOpen;)
            {
                var read = await connection.Transport.Input.ReadAsync(patience.Token);
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
                isOpen = !read.IsCompleted;
            }
        }
        catch (OperationCanceledException)
        {
            // The time to read the answer is over.
        }
    }
}
