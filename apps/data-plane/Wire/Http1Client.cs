using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.DataPlane.Wire;

/// <summary>
/// Envoy's side of HTTP/1.1 towards applications. .NET's own client would refuse answers that Envoy passes on, pass on those that Envoy
/// refuses, and turn headers into its own.
/// </summary>
/// <param name="port">Where the application listens on loopback.</param>
/// <param name="connectLimit">The longest time to connect.</param>
internal sealed partial class Http1Client(int port, TimeSpan connectLimit) : IUpstreamClient
{
    private readonly ConcurrentStack<Http1Connection> _idle = new();
    private volatile bool _isDisposed;

    public async Task<UpstreamAnswer> SendAsync(UpstreamRequest request, Func<int, IHeaderDictionary, Task> inform, CancellationToken cancellation)
    {
        var connection = await TakeAsync(cancellation);
        var sending = new RequestSending(connection, request);
        try
        {
            await connection.SendHeadAsync(request, cancellation);
            sending.Start(cancellation);
            var (status, head) = await ReadAnswerAsync(connection, inform, cancellation);
            var headers = new HeaderDictionary();
            foreach (var lines in head.Fields.GroupBy(field => field.Key, StringComparer.OrdinalIgnoreCase))
            {
                headers[lines.Key] = lines.Select(field => field.Value).ToArray();
            }

            var framing = Framing.OfAnswer(head, request.Method, status);
            var keeps = head.StartLine.StartsWith("HTTP/1.1", StringComparison.Ordinal) && !ConnectionHeaders.Closes(head.Values("connection"));
            ConnectionHeaders.Remove(headers);
            if (status == 204)
            {
                headers.ContentLength = null;
            }

            return new Answer(this, sending, status, headers, new(connection.Input, framing), keeps);
        }
        catch (Exception failure)
        {
            await sending.DisposeAsync();
            connection.Dispose();
            cancellation.ThrowIfCancellationRequested();

            // A request that its caller breaks off is not a failure of the application.
            throw sending.Failure is MalformedMessageException or EndOfStreamException ? sending.Failure : Classify(failure);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_idle.TryPop(out var connection))
        {
            connection.Dispose();
        }
    }

    private static Exception Classify(Exception failure) => failure switch
    {
        UpstreamException => failure,
        MalformedMessageException => new UpstreamException(UpstreamFailureKind.Protocol, failure),
        IOException or ObjectDisposedException or InvalidOperationException => new UpstreamException(UpstreamFailureKind.Reset, failure),
        _ => failure,
    };

    private async ValueTask<Http1Connection> TakeAsync(CancellationToken cancellation)
    {
        while (_idle.TryPop(out var connection))
        {
            if (connection.IsQuiet)
            {
                return connection;
            }

            connection.Dispose();
        }

        return await Http1Connection.OpenAsync(port, connectLimit, cancellation);
    }

    private void Return(Http1Connection connection)
    {
        if (_isDisposed || connection.Input.TryRead(out _))
        {
            connection.Dispose();
        }
        else
        {
            _idle.Push(connection);
        }
    }

    private static async Task<(int Status, MessageHead Head)> ReadAnswerAsync(
        Http1Connection connection, Func<int, IHeaderDictionary, Task> inform, CancellationToken cancellation)
    {
        while (true)
        {
            var head = await connection.ReadHeadAsync(cancellation) ?? throw new IOException("The application closed the connection.");
            var line = StatusLine().Match(head.StartLine);
            if (!line.Success || !int.TryParse(line.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
            {
                throw new MalformedMessageException(400);
            }

            if (status is < 200 and not 101)
            {
                await inform(status, new HeaderDictionary(head.Fields.GroupBy(field => field.Key, StringComparer.OrdinalIgnoreCase)
                    .ToDictionary(lines => lines.Key, lines => new Microsoft.Extensions.Primitives.StringValues([.. lines.Select(field => field.Value)]))));
                continue;
            }

            // The destination's proxy adds three headers, which the caller's counts too.
            return head.Fields.Count <= MessageHead.MostFields - 3 ? (status, head) : throw new MalformedMessageException(431);
        }
    }

    [GeneratedRegex(@"\AHTTP/[0-9]\.[0-9][ \t]+([0-9]{1,9})(?:[ \t].*)?\z")]
    private static partial Regex StatusLine();

    private sealed class Answer(Http1Client client, RequestSending sending, int status, IHeaderDictionary headers, MessageBody body, bool keeps)
        : UpstreamAnswer(status, headers)
    {
        public override Stream Body => body;

        public override async ValueTask DisposeAsync()
        {
            var isReusable = keeps && body.IsComplete && sending.IsDone && Status != 101;
            await sending.DisposeAsync();
            if (isReusable)
            {
                client.Return(sending.Connection);
            }
            else
            {
                sending.Connection.Dispose();
            }
        }

        public override async Task TunnelAsync(IDuplexPipe caller, CancellationToken cancellation)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var application = sending.Connection;
            var directions = new[]
            {
                caller.Input.CopyToAsync(application.Output, either.Token),
                application.Input.CopyToAsync(caller.Output, either.Token),
            };
            await Task.WhenAny(directions);
            await either.CancelAsync();
            await Task.WhenAll(directions).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
