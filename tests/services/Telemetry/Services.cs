namespace GopherMesh.Tests.Services.Telemetry;

/// <summary>The services as processes, since what they report is decided by their environment and sent at their end at the latest.</summary>
internal static class Services
{
    public static ServiceProcess Distributor(Dictionary<string, string> environment) => ServiceProcess.Start("GopherDistributor", new(environment)
    {
        ["VERSION"] = "v2",
        ["POD_NAME"] = "distributor-1",
        ["DRAIN_WINDOW_MS"] = "0",
    });

    public static ServiceProcess Requester(Uri distributor, Dictionary<string, string> environment) => ServiceProcess.Start("GopherRequester", new(environment)
    {
        ["DISTRIBUTOR_URL"] = distributor.ToString(),
        ["DISTRIBUTOR_TIMEOUT_MS"] = "10000",
        ["POD_NAME"] = "requester-1",
        ["DRAIN_WINDOW_MS"] = "0",
    });

    /// <summary>Requests a path as a gateway does, with its headers.</summary>
    public static async Task AskAsync(Uri service, string path, params IEnumerable<(string Name, string Value)> headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, ActivityHeadersPropagator = null });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, path));
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Ends services, after which all that they had to report has been sent.</summary>
    public static async Task EndAsync(params IEnumerable<ServiceProcess> services)
    {
        foreach (var service in services)
        {
            service.Terminate();
            Assert.Equal(0, await service.ExitCodeAsync());
        }
    }
}
