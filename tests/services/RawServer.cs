using System.Net;
using System.Net.Sockets;
using System.Text;

namespace GopherMesh.Tests.Services;

/// <summary>Reads something from every connection, writes fixed bytes and closes it.</summary>
internal sealed class RawServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _answer;

    public RawServer(string answer)
    {
        _answer = Encoding.ASCII.GetBytes(answer);
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var connection = await _listener.AcceptTcpClientAsync();
                var stream = connection.GetStream();
                _ = await stream.ReadAsync(new byte[4096]);
                await stream.WriteAsync(_answer);
            }
        }
        catch (SocketException)
        {
            // Disposed: the test is over.
        }
    }
}
