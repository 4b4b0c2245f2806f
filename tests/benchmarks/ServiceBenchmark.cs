namespace GopherMesh.Benchmarks;

/// <summary>
/// Each service beside the smallest application: the distributor beside one that answers a constant, the requester beside one that asks
/// another. Aim: 0.9 of its requests per second.
/// </summary>
internal static class ServiceBenchmark
{
    private const int Rounds = 5;
    private const string AnyPort = "http://127.0.0.1:0";
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly string[] Common = ["POD_NAME=measured", $"ASPNETCORE_URLS={AnyPort}"];

    public static async Task RunAsync()
    {
        var (smallest, constant) = await StartOursAsync("smallest", AnyPort);
        using var first = smallest;
        var (relay, relayed) = await StartOursAsync("relay", AnyPort, constant.ToString());
        using var second = relay;
        var (distributor, distributorAddress) = await Child.StartAsync("GopherDistributor", "GopherDistributor.dll", [.. Common, "VERSION=v1"]);
        using var third = distributor;
        var (requester, requesterAddress) = await Child.StartAsync("GopherRequester", "GopherRequester.dll", [.. Common, $"DISTRIBUTOR_URL={constant}"]);
        using var fourth = requester;

        var measured = await ClosedLoop.InTurnsAsync(Rounds, Round, constant, distributorAddress, relayed, requesterAddress);

        Write("the smallest application", measured[0], measured[0]);
        Write("gopher-distributor", measured[1], measured[0]);
        // Each of their answers takes a request of their own to the smallest application.
        Write("the smallest that asks", measured[2], measured[2]);
        Write("gopher-requester", measured[3], measured[2]);
    }

    private static Task<(Child Child, Uri Address)> StartOursAsync(params string[] arguments) =>
        Child.StartAsync("Benchmarks", "Benchmarks.dll", [], arguments);

    private static void Write(string name, Measured service, Measured smallest)
    {
        Console.WriteLine($"{name,-24}  {service}");
        if (service != smallest)
        {
            Console.WriteLine($"  its requests/s, of the smallest's: {RatioGoal.AtLeast(0.9).Judge(service.PerSecond / smallest.PerSecond)}");
        }

        Console.WriteLine($"  {service.Costs()}");
    }
}

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
