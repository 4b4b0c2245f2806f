using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using GopherMesh.DataPlane;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>A gateway in front of an application that answers with bytes.</summary>
public sealed class RawMesh : IAsyncLifetime
{
    private const string Objects = """
        apiVersion: v1
        kind: Service
        metadata: { name: raw, namespace: cases }
        spec: { selector: { app: raw }, ports: [{ name: http, port: 80, targetPort: 8080 }, { name: grpc, port: 81, targetPort: 8080 }, { port: 82, name: any, targetPort: 8080 }] }
        ---
        apiVersion: v1
        kind: Service
        metadata: { name: nobody, namespace: cases }
        spec: { selector: { app: nobody }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
        ---
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: gw, namespace: cases }
        spec: { selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }] }
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: echo, namespace: cases }
        spec: { hosts: [echo.test], gateways: [gw], http: [{ route: [{ destination: { host: raw, port: { number: 80 } } }] }] }
        """;

    internal RawApplication Application { get; } = RawApplication.Start();

    internal Reports Reports { get; } = new();

    internal MeshModel Model { get; private set; } = null!;

    internal MeshDataPlane Plane { get; private set; } = null!;

    public async Task InitializeAsync() => await StartAsync("");

    public async Task DisposeAsync()
    {
        await Plane.DisposeAsync();
        await Application.DisposeAsync();
    }

    /// <summary>A mesh of a test's own, with more objects.</summary>
    internal static async Task<RawMesh> StartWithAsync(string objects)
    {
        var mesh = new RawMesh();
        await mesh.StartAsync(objects);
        return mesh;
    }

    /// <summary>A VirtualService of the gateway for one host; <paramref name="http"/> in flow style.</summary>
    internal static string Route(string host, string http) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: {{host.Split('.')[0]}}, namespace: cases }
        spec: { hosts: [{{host}}], gateways: [gw], http: [{{http}}] }
        """;

    internal async Task<RawConnection> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Plane.GatewayAddress(80).Port);
        return new(client);
    }

    private async Task StartAsync(string objects)
    {
        Model = MeshReader.Read(YamlManifests.Read([Objects, objects]));
        Plane = await MeshDataPlane.StartAsync(Model, [Application.Endpoint], new DataPlaneOptions { Seed = 42, Observer = Reports }, default);
    }
}

/// <summary>An application without a framework: it answers with the bytes that it is told to, or with the request that it has received.</summary>
internal sealed class RawApplication : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();

    private RawApplication()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>By the value of the header <c>x-case</c>: what is done instead of answering with the request.</summary>
    public ConcurrentDictionary<string, Func<RawConnection, Task>> Behaviours { get; } = new();

    /// <summary>The heads that were received.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public PodEndpoint Endpoint
    {
        get
        {
            var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            return new("raw", "cases", new Dictionary<string, string> { ["app"] = "raw" }, new Dictionary<string, int> { ["8080"] = port }, Ready: true);
        }
    }

    public static RawApplication Start() => new();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(new(await _listener.AcceptTcpClientAsync(_stopping.Token)));
            }
            catch (Exception failure) when (failure is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(RawConnection connection)
    {
        using var open = connection;
        try
        {
            while (await connection.ReadHeadAsync() is { } head)
            {
                Heads.Enqueue(head);
                if (Behaviours.TryGetValue(RawConnection.Field(head, "x-case") ?? "", out var behave))
                {
                    await behave(connection);
                    continue;
                }

                var received = head + await connection.ReadBodyAsync(head);
                var body = head.StartsWith("HEAD ", StringComparison.Ordinal) ? "" : received;
                await connection.WriteAsync($"HTTP/1.1 200 OK\r\ncontent-length: {received.Length}\r\n\r\n{body}");
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or SocketException)
        {
            // Closed by either side.
        }
    }
}

/// <summary>One connection, a character for each byte.</summary>
internal sealed class RawConnection(TcpClient client) : IDisposable
{
    private readonly NetworkStream _stream = client.GetStream();
    private readonly StringBuilder _received = new();

    public static string? Field(string head, string name) => head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    public async Task WriteAsync(string text) => await _stream.WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>The next head with the blank line after it; null at the end of the connection.</summary>
    public async Task<string?> ReadHeadAsync()
    {
        while (!_received.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            if (!await ReceiveAsync())
            {
                return null;
            }
        }

        return Take(_received.ToString().IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4);
    }

    /// <summary>The body that a head announces; of chunks what is in them.</summary>
    public async Task<string> ReadBodyAsync(string head)
    {
        if (Field(head, "content-length") is { } length)
        {
            return await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture));
        }

        var body = "";
        while (Field(head, "transfer-encoding") is not null && await ReadChunkAsync() is { Length: > 0 } chunk)
        {
            body += chunk;
        }

        return body;
    }

    /// <summary>The next chunk of a body; empty for the last.</summary>
    public async Task<string> ReadChunkAsync()
    {
        var size = int.Parse(await ReadLineAsync(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var chunk = await ReadAsync(size);
        await ReadLineAsync();
        return chunk;
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_received.Length < count)
        {
            if (!await ReceiveAsync())
            {
                throw new IOException("The connection ended within a body.");
            }
        }

        return Take(count);
    }

    /// <summary>All that comes until the other side closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return Take(_received.Length);
    }

    /// <summary>Nothing more will be sent.</summary>
    public void EndSending() => client.Client.Shutdown(SocketShutdown.Send);

    public void Reset()
    {
        client.LingerState = new(true, 0);
        client.Close();
    }

    public void Dispose() => client.Dispose();

    private async Task<string> ReadLineAsync()
    {
        while (!_received.ToString().Contains("\r\n", StringComparison.Ordinal))
        {
            if (!await ReceiveAsync())
            {
                throw new IOException("The connection ended within a line.");
            }
        }

        return Take(_received.ToString().IndexOf("\r\n", StringComparison.Ordinal) + 2)[..^2];
    }

    private async Task<bool> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var buffer = new byte[64 * 1024];
        var count = await _stream.ReadAsync(buffer, patience.Token);
        _received.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return count > 0;
    }

    private string Take(int count)
    {
        var taken = _received.ToString(0, count);
        _received.Remove(0, count);
        return taken;
    }
}
