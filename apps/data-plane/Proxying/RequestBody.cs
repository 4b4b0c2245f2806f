using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GopherMesh.DataPlane.Proxying;

/// <summary>A request's body, kept as far as retries and copies need it.</summary>
internal sealed class RequestBody
{
    /// <summary>Envoy's per_connection_buffer_limit_bytes: beyond it a request is neither retried nor mirrored.</summary>
    private const int Limit = 1024 * 1024;

    private static readonly RequestBody None = new([], isComplete: true);

    private readonly byte[] _content;

    private RequestBody(byte[] content, bool isComplete) => (_content, CanReplay) = (content, isComplete);

    public bool CanReplay { get; }

    public static ValueTask<RequestBody> ReadAsync(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true ? BufferAsync(context) : ValueTask.FromResult(None);

    /// <summary>Puts the body back in front of the next try.</summary>
    public void Rewind(HttpContext context)
    {
        if (this != None && CanReplay)
        {
            context.Request.Body = new MemoryStream(_content, writable: false);
        }
    }

    /// <summary>The body of a copy; null if the request has none.</summary>
    public HttpContent? ToContent() => this == None ? null : new ByteArrayContent(_content);

    private static async ValueTask<RequestBody> BufferAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        var source = context.Request.Body;
        while (buffer.Length <= Limit)
        {
            var count = await source.ReadAsync(chunk, context.RequestAborted);
            if (count == 0)
            {
                return new(buffer.ToArray(), isComplete: true);
            }

            buffer.Write(chunk, 0, count);
        }

        context.Request.Body = new PrefixedStream(buffer.ToArray(), source);
        return new([], isComplete: false);
    }
}
