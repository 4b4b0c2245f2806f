using System.Buffers.Binary;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Instruments;

/// <summary>A gRPC call with one message each way, on HTTP/2.</summary>
/// <seealso href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md"/>
internal static class GrpcCall
{
    // A byte that says whether the message is compressed, and its length in four.
    private const int PrefixLength = 5;

    /// <summary>The message in a request's body.</summary>
    /// <exception cref="InvalidDataException">There is not exactly one, or it is compressed.</exception>
    public static byte[] Message(byte[] body) =>
        body is [0, ..] && body.Length >= PrefixLength && BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(1)) == body.Length - PrefixLength
            ? body[PrefixLength..]
            : throw new InvalidDataException($"not one uncompressed message in {body.Length} bytes");

    /// <summary>Answers with an empty message and the status OK.</summary>
    public static async Task AnswerAsync(HttpResponse response)
    {
        response.ContentType = "application/grpc";
        response.DeclareTrailer("grpc-status");
        await response.Body.WriteAsync(new byte[PrefixLength]);
        response.AppendTrailer("grpc-status", "0");
    }
}
