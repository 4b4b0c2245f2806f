using GopherMesh.Tests.Stub;

await StubApp.Build(Environment.GetEnvironmentVariable("VERSION") ?? "unknown", behaviour: null, args).RunAsync();
