using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Wire;

/// <content>Writes the answer: its head, its body and what is sent before or instead of it.</content>
internal sealed partial class Http1Exchange
{
    /// <summary>Sends the head, before the body is complete.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!HasStarted && !_isBroken)
        {
            WriteHead(isWhole: false);
            await FlushAsync(cancellationToken);
        }
    }

    /// <summary>Sends the end of the answer.</summary>
    public async Task CompleteAsync()
    {
        if (_isBroken)
        {
            return;
        }

        if (!HasStarted)
        {
            WriteHead(isWhole: true);
        }
        else if (_isChunked)
        {
            HeadWriter.Write(_connection.Transport.Output, "0\r\n\r\n");
            _isChunked = false;
        }

        await FlushAsync(CancellationToken.None);
    }

    /// <summary>Sends an answer that comes before the real one, such as 100 Continue.</summary>
    public async Task SendInterimAsync(int status, IHeaderDictionary headers)
    {
        HeadWriter.WriteStatusLine(_connection.Transport.Output, status);
        WriteFields(headers);
        HeadWriter.Write(_connection.Transport.Output, "\r\n");
        await FlushAsync(RequestAborted);
    }

    /// <summary>Sends 101 and hands over the connection.</summary>
    public async Task<IDuplexPipe> AcceptUpgradeAsync()
    {
        (IsTunnel, ClosesConnection) = (true, true);
        HeadWriter.WriteStatusLine(_connection.Transport.Output, 101);
        WriteFields(ResponseHeaders);
        HeadWriter.Write(_connection.Transport.Output, $"connection: Upgrade\r\nupgrade: {Upgrade}\r\n\r\n");
        HasStarted = true;
        await FlushAsync(RequestAborted);
        return _connection.Transport;
    }

    private async ValueTask WriteBodyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (_isBroken)
        {
            return;
        }

        if (!HasStarted)
        {
            WriteHead(isWhole: false);
        }

        if (CanHaveAnswerBody && bytes.Length > 0)
        {
            var output = _connection.Transport.Output;
            HeadWriter.Write(output, _isChunked ? bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n" : "");
            bytes.Span.CopyTo(output.GetSpan(bytes.Length));
            output.Advance(bytes.Length);
            HeadWriter.Write(output, _isChunked ? "\r\n" : "");
        }

        await FlushAsync(cancellation);
    }

    private void WriteHead(bool isWhole)
    {
        HasStarted = true;

        // Envoy does not wait for the rest of a request that is answered already.
        ClosesConnection |= !IsRequestComplete;
        var output = _connection.Transport.Output;
        HeadWriter.WriteStatusLine(output, StatusCode);
        WriteFields(ResponseHeaders);
        HeadWriter.Write(output, ClosesConnection ? "connection: close\r\n" : "");
        if (CanHaveAnswerBody && ResponseHeaders.ContentLength is null)
        {
            _isChunked = !isWhole;
            HeadWriter.Write(output, isWhole ? "content-length: 0\r\n" : "transfer-encoding: chunked\r\n");
        }

        HeadWriter.Write(output, "\r\n");
    }

    private void WriteFields(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            HeadWriter.WriteField(_connection.Transport.Output, name, values);
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        var flushed = await _connection.Transport.Output.FlushAsync(cancellation);
        if (flushed.IsCompleted)
        {
            await _aborted.CancelAsync();
            throw new OperationCanceledException("The caller is gone.");
        }
    }

    /// <summary>The answer's body.</summary>
    private sealed class AnswerStream(Http1Exchange exchange) : WriteOnlyStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            exchange.WriteBodyAsync(buffer, cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
