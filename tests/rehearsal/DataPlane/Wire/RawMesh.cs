using System.Net.Sockets;
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
