using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Wire;

/// <summary>Nothing waits for what has not come yet: heads and bodies go on as they come, in both directions.</summary>
public sealed class StreamingTests(RawMesh mesh) : IClassFixture<RawMesh>
{
    private const int MiB = 1024 * 1024;

    [Fact]
    public async Task The_head_of_an_event_stream_arrives_before_its_first_event()
    {
        var opened = new TaskCompletionSource();
        mesh.Application.Behaviours["sse"] = async application =>
        {
            await application.WriteAsync("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n");
            await opened.Task;
            await application.WriteAsync("b\r\ndata: one\n\n\r\n0\r\n\r\n");
        };
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync("GET / HTTP/1.1\r\nHost: echo.test\r\nx-case: sse\r\n\r\n");

        var head = await caller.ReadHeadAsync();
        opened.SetResult();

        Assert.Equal("text/event-stream", RawConnection.Field(head!, "content-type"));
        Assert.Equal("data: one\n\n", await caller.ReadBodyAsync(head!));
    }

    [Fact]
    public async Task Both_bodies_pass_while_neither_has_ended()
    {
        mesh.Application.Behaviours["duplex"] = async application =>
        {
            await application.WriteAsync("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            while (await application.ReadChunkAsync() is { Length: > 0 } chunk)
            {
                await application.WriteAsync($"{chunk.Length:x}\r\n{chunk}\r\n");
            }

            await application.WriteAsync("0\r\n\r\n");
        };
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync("POST / HTTP/1.1\r\nHost: echo.test\r\nx-case: duplex\r\nTransfer-Encoding: chunked\r\n\r\n");
        await caller.WriteAsync("3\r\none\r\n");
        var head = await caller.ReadHeadAsync();
        Assert.Equal("one", await caller.ReadChunkAsync());
        await caller.WriteAsync("3\r\ntwo\r\n");
        Assert.Equal("two", await caller.ReadChunkAsync());
        await caller.WriteAsync("0\r\n\r\n");
        Assert.Equal("", await caller.ReadChunkAsync());

        // Envoy tells the application's time only of requests that had come to their end.
        Assert.Null(RawConnection.Field(head!, "x-envoy-upstream-service-time"));
    }

    [Theory]
    [InlineData("HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: close\r\n\r\nbig", "HTTP/1.1 413 Payload Too Large", "big")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "HTTP/1.1 200 OK", "ok")]
    public async Task An_answer_before_the_end_of_the_upload_arrives_at_once_and_ends_the_connection(string answer, string status, string body)
    {
        mesh.Application.Behaviours[$"early {status}"] = application => application.WriteAsync(answer);
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync($"POST / HTTP/1.1\r\nHost: echo.test\r\nx-case: early {status}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");

        var head = await caller.ReadHeadAsync();

        Assert.StartsWith(status, head, StringComparison.Ordinal);
        Assert.Equal("close", RawConnection.Field(head!, "connection"));
        Assert.Equal(body, await caller.ReadBodyAsync(head!));
        Assert.Equal("", await caller.ReadToEndAsync());
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 100 Continue")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n", "HTTP/1.1 103 Unknown")]
    public async Task What_an_application_says_before_its_answer_arrives_before_it(string interim, string status)
    {
        var told = new TaskCompletionSource();
        mesh.Application.Behaviours[status] = async application =>
        {
            await application.WriteAsync(interim);
            await told.Task;
            await application.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        };
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync($"GET / HTTP/1.1\r\nHost: echo.test\r\nx-case: {status}\r\n\r\n");

        Assert.StartsWith(status, await caller.ReadHeadAsync(), StringComparison.Ordinal);
        told.SetResult();
        Assert.StartsWith("HTTP/1.1 200 OK", await caller.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(MiB / 2, 3)]
    [InlineData(MiB * 11 / 10, 1)]
    public async Task A_body_that_is_too_large_to_keep_is_sent_and_not_retried(int size, int tries)
    {
        await using var own = Owned(await RawMesh.StartWithAsync(RawMesh.Route(
            "retry.test", "{ route: [{ destination: { host: raw, port: { number: 80 } } }], retries: { attempts: 2, retryOn: 5xx, backoff: 1ms } }")));
        own.Mesh.Application.Behaviours["failing"] = async application =>
        {
            Assert.Equal(size, (await application.ReadBodyAsync($"POST\r\ncontent-length: {size}")).Length);
            await application.WriteAsync("HTTP/1.1 503 No\r\ncontent-length: 2\r\n\r\nno");
        };
        using var caller = await own.Mesh.ConnectAsync();
        await caller.WriteAsync($"POST / HTTP/1.1\r\nHost: retry.test\r\nx-case: failing\r\nContent-Length: {size}\r\n\r\n{new string('x', size)}");

        Assert.StartsWith("HTTP/1.1 503", await caller.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(tries, own.Mesh.Application.Heads.Count);
    }

    [Fact]
    public async Task A_body_of_any_size_is_copied()
    {
        await using var own = Owned(await RawMesh.StartWithAsync(RawMesh.Route(
            "mirror.test", "{ route: [{ destination: { host: raw, port: { number: 80 } } }], mirror: { host: raw, port: { number: 80 } } }")));
        var sizes = new System.Collections.Concurrent.ConcurrentBag<int>();
        var both = new TaskCompletionSource();
        own.Mesh.Application.Behaviours["large"] = async application =>
        {
            sizes.Add((await application.ReadBodyAsync($"POST\r\ncontent-length: {3 * MiB}")).Length);
            if (sizes.Count == 2)
            {
                both.SetResult();
            }

            await application.WriteAsync("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        };
        using var caller = await own.Mesh.ConnectAsync();
        await caller.WriteAsync($"POST / HTTP/1.1\r\nHost: mirror.test\r\nx-case: large\r\nContent-Length: {3 * MiB}\r\n\r\n{new string('x', 3 * MiB)}");
        await both.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([3 * MiB, 3 * MiB], sizes);
    }

    [Fact]
    public async Task A_web_socket_is_handed_through()
    {
        mesh.Application.Behaviours["socket"] = async application =>
        {
            await application.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
            await application.WriteAsync($"heard {await application.ReadAsync(5)}");
        };
        using var caller = await mesh.ConnectAsync();
        await caller.WriteAsync("GET / HTTP/1.1\r\nHost: echo.test\r\nx-case: socket\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 101 Switching Protocols", await caller.ReadHeadAsync(), StringComparison.Ordinal);
        await caller.WriteAsync("hello");
        Assert.Equal("heard hello", await caller.ReadAsync("heard hello".Length));
    }

    [Fact]
    public async Task Calls_of_gRPC_pass_with_their_trailers_where_the_port_says_so()
    {
        await using var application = await GrpcLikeAsync();
        var pod = new GopherMesh.DataPlane.Model.PodEndpoint(
            "grpc", "cases", new Dictionary<string, string> { ["app"] = "raw" },
            new Dictionary<string, int> { ["8080"] = new Uri(application.Urls.Single()).Port }, Ready: true);
        await using var own = Owned(await RawMesh.StartWithAsync(RawMesh.Route(
            "grpc.test", "{ route: [{ destination: { host: raw, port: { number: 81 } } }] }")));
        await own.Mesh.Plane.ApplyAsync(own.Mesh.Model, [pod], default);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(own.Mesh.Plane.GatewayAddress(80), "/pkg.Service/Call"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        request.Headers.Host = "grpc.test";
        request.Headers.TE.ParseAdd("trailers");

        using var answer = await client.SendAsync(request);
        var message = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal("HTTP/2 /pkg.Service/Call trailers", Encoding.UTF8.GetString(message));
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
    }

    private static OwnMesh Owned(RawMesh mesh) => new(mesh);

    private static async Task<WebApplication> GrpcLikeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        var application = builder.Build();
        application.Run(async context =>
        {
            context.Response.DeclareTrailer("grpc-status");
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Path} {context.Request.Headers.TE}");
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await application.StartAsync();
        return application;
    }

    private sealed record OwnMesh(RawMesh Mesh) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Mesh.DisposeAsync();
    }
}
