using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace GopherMesh.DataPlane.Wire;

/// <summary>The body of a message of HTTP/1, passed on as it comes. Trailers are skipped: by default Envoy does not pass them on.</summary>
internal sealed class MessageBody(PipeReader input, Framing framing) : ReadOnlyStream
{
    /// <summary>A line of a chunk's size with its extensions, or of a trailer.</summary>
    private const int LongestLine = 8 * 1024;

    private long _left = framing.Length ?? 0;
    private bool _isBetweenChunks = framing.IsChunked;
    private bool _hadChunk;

    /// <summary>Nothing is left to read.</summary>
    public bool IsComplete { get; private set; } = framing.Length == 0;

    /// <exception cref="MalformedMessageException">The chunks are broken.</exception>
    /// <exception cref="EndOfStreamException">The connection ended within the body.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!IsComplete && buffer.Length > 0)
        {
            if (_isBetweenChunks)
            {
                await BeginChunkAsync(cancellationToken);
                continue;
            }

            var read = await input.ReadAsync(cancellationToken);
            if (read.Buffer.IsEmpty && read.IsCompleted)
            {
                IsComplete = framing is { IsChunked: false, Length: null } ? true : throw new EndOfStreamException("The connection ended within the body.");
                break;
            }

            return Take(read.Buffer, buffer.Span);
        }

        return 0;
    }

    private int Take(ReadOnlySequence<byte> available, Span<byte> destination)
    {
        var isBounded = framing.IsChunked || framing.Length is not null;
        var count = (int)Math.Min(Math.Min(available.Length, destination.Length), isBounded ? _left : long.MaxValue);
        var taken = available.Slice(0, count);
        taken.CopyTo(destination);
        input.AdvanceTo(taken.End);
        if (isBounded)
        {
            _left -= count;
            _isBetweenChunks = framing.IsChunked && _left == 0;
            IsComplete = !framing.IsChunked && _left == 0;
        }

        return count;
    }

    /// <summary>Reads the end of a chunk, if there was one, and the size of the next; after the last one the trailers.</summary>
    private async ValueTask BeginChunkAsync(CancellationToken cancellation)
    {
        if (_hadChunk && await LineAsync(cancellation) is not "")
        {
            throw new MalformedMessageException(400);
        }

        var line = await LineAsync(cancellation);
        var size = line.Split(';', 2)[0].TrimEnd(' ', '\t');
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _left) || _left < 0)
        {
            throw new MalformedMessageException(400);
        }

        (_hadChunk, _isBetweenChunks) = (true, false);
        if (_left == 0)
        {
            for (var trailers = 0; await LineAsync(cancellation) is not ""; trailers++)
            {
                if (trailers >= MessageHead.MostFields)
                {
                    throw new MalformedMessageException(431);
                }
            }

            IsComplete = true;
        }
    }

    private async ValueTask<string> LineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end));
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line.TrimEnd('\r');
            }

            var (length, isCompleted) = (read.Buffer.Length, read.IsCompleted);

            // What cannot be a size is refused before its line ends.
            var isWrong = length > LongestLine || (length > 2 && !_hadChunk && !char.IsAsciiHexDigit((char)read.Buffer.FirstSpan[0]));
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (isWrong)
            {
                throw new MalformedMessageException(400);
            }

            if (isCompleted)
            {
                throw new EndOfStreamException("The connection ended within the body.");
            }
        }
    }
}
