using System.Buffers;
using GopherMesh.DataPlane.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>Passes an application's answer on to the caller: the head when it is there, the body as it comes.</summary>
internal sealed class AnswerRelay(Exchange exchange)
{
    private const int ChunkSize = 16 * 1024;

    public async Task RunAsync(UpstreamAnswer answer, CancellationToken cancellation)
    {
        var response = exchange.Context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, values) in answer.Headers)
        {
            response.Headers[name] = values;
        }

        exchange.FinishHeaders(isOfDestination: true);
        if (answer.Status == 101 && exchange.Upgrade is { Upgrade: not null } upgrade)
        {
            await answer.TunnelAsync(await upgrade.AcceptUpgradeAsync(), cancellation);
            return;
        }

        if (exchange.IsHttp2 && answer.Status == StatusCodes.Status205ResetContent)
        {
            // Kestrel does not let it have a body; Envoy would pass one on.
            response.ContentLength = null;
        }
        else
        {
            await CopyAsync(answer, response, cancellation);
        }

        exchange.IsAnswered = true;
        PassTrailers(answer);
    }

    private static async Task CopyAsync(UpstreamAnswer answer, HttpResponse response, CancellationToken cancellation)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
        try
        {
            for (var sent = 0L; ;)
            {
                // A caller who has the whole body may close the connection: only its end is left to read.
                var reading = answer.Body.ReadAsync(chunk.AsMemory(0, ChunkSize), sent > 0 && sent == response.ContentLength ? CancellationToken.None : cancellation);

                // The part of the body that is there already is sent together with the head.
                if (!reading.IsCompletedSuccessfully && !response.HasStarted)
                {
                    await response.StartAsync(cancellation);
                }

                if (await reading is not (> 0 and var count))
                {
                    return;
                }

                await response.Body.WriteAsync(chunk.AsMemory(0, count), cancellation);
                await response.Body.FlushAsync(cancellation);
                sent += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Sends trailers to callers of HTTP/2 only: over HTTP/1.1 Envoy drops them (enable_trailers is off).</summary>
    private void PassTrailers(UpstreamAnswer answer)
    {
        if (exchange.Context.Features.Get<IHttpResponseTrailersFeature>() is { Trailers: { IsReadOnly: false } trailers })
        {
            foreach (var (name, values) in answer.Trailers)
            {
                trailers[name] = values;
            }
        }
    }
}
