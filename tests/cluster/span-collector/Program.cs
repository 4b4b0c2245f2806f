using System.Net;
using GopherMesh.Tests.Instruments;

// In Jaeger's place: takes spans at Jaeger's port (OTLP over gRPC, 4317) and hands out all that came as JSON, on a port of HTTP/1.1 so that
// the API server's proxy reaches it.
await using var receiver = await OtlpReceiver.StartAsync(OtlpReceiver.Grpc, new IPEndPoint(IPAddress.Any, 4317));

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://+:8080");
var app = builder.Build();
app.MapGet("/readyz", () => "ready");
app.MapGet("/spans", () => receiver.Spans);
await app.RunAsync();
