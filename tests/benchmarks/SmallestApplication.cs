namespace GopherMesh.Benchmarks;

/// <summary>The smallest ASP.NET Core applications: what the services are measured by.</summary>
internal static class SmallestApplication
{
    /// <summary>Answers a constant.</summary>
    public static Task RunAsync(string address) => RunAsync(address, app => app.MapGet("/", () => "Gopher Version 1 from pod none\n"));

    /// <summary>Asks another application and answers what that does.</summary>
    public static Task RelayAsync(string address, Uri other)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return RunAsync(address, app => app.MapGet("/", () => client.GetStringAsync(other)));
    }

    private static async Task RunAsync(string address, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        map(app);
        app.Urls.Add(address);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await app.WaitForShutdownAsync();
    }
}
