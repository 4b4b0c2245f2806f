using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace GopherMesh.Tests.Services;

public sealed class ProcessTests
{
    private static readonly Dictionary<string, string> Distributor = new() { ["VERSION"] = "v1", ["POD_NAME"] = "pod-1", ["DRAIN_WINDOW_MS"] = "0" };

    [Fact]
    public async Task Sigterm_lets_the_request_in_flight_finish()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        await using var distributor = await FakeDistributor.StartAsync(async context =>
        {
            asked.SetResult();
            await answer.Task;
            await context.Response.WriteAsync("Gopher\n");
        });
        using var requester = Requester(distributor.Address);
        var address = await requester.ListeningAsync();
        using var client = new HttpClient();
        var inFlight = client.GetStringAsync(address);
        await asked.Task.WaitAsync(Patience.Limit);

        requester.Terminate();
        await requester.LoggedAsync("Draining");
        await Patience.UntilAsync(() => RefusesAsync(address), "new connections are refused");
        answer.SetResult();

        Assert.Equal("Request >> Gopher\n", await inFlight);
        Assert.Equal(0, await requester.ExitCodeAsync());
        Assert.Contains("Stopped", requester.Output.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_environment_ends_the_start_with_a_line_for_each_variable_and_exit_code_2()
    {
        using var process = ServiceProcess.Start("GopherDistributor", new() { ["VERSION"] = "two", ["POD_NAME"] = "" });

        Assert.Equal(2, await process.ExitCodeAsync());
        Assert.Equal(
        [
            "gopher-distributor: VERSION is \"two\"; it must be 'v' and a number from 1, such as v1 or v2.",
            "gopher-distributor: POD_NAME is not set; it must be the pod's name: lower-case letters, digits, '-' and '.'.",
        ], process.Errors);
        Assert.Empty(process.Output);
    }

    [Fact]
    public async Task An_argument_is_refused()
    {
        using var process = ServiceProcess.Start("GopherDistributor", Distributor, "--urls=http://127.0.0.1:0");

        Assert.Equal(2, await process.ExitCodeAsync());
        Assert.Contains("'--urls=http://127.0.0.1:0' is not known", Assert.Single(process.Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TAKEN")]
    [InlineData("nonsense")]
    [InlineData("https://127.0.0.1:0")]
    public async Task An_address_that_it_cannot_listen_on_gives_one_line_and_exit_code_1(string urls)
    {
        await using var other = await FakeDistributor.AnsweringAsync(200, "");
        var environment = new Dictionary<string, string>(Distributor) { ["ASPNETCORE_URLS"] = urls == "TAKEN" ? other.Address.ToString() : urls };
        using var process = ServiceProcess.Start("GopherDistributor", environment);

        Assert.Equal(1, await process.ExitCodeAsync());
        Assert.StartsWith("gopher-distributor: cannot listen on ASPNETCORE_URLS or METRICS_PORT: ", Assert.Single(process.Errors), StringComparison.Ordinal);
        Assert.Empty(process.Output);
    }

    [Fact]
    public async Task The_declared_proxy_is_used_except_where_no_proxy_says_otherwise()
    {
        await using var proxy = await FakeDistributor.AnsweringAsync(200, "from the proxy\n");
        await using var direct = await FakeDistributor.AnsweringAsync(200, "direct\n");
        var environment = new Dictionary<string, string> { ["http_proxy"] = proxy.Address.ToString(), ["no_proxy"] = "127.0.0.1" };
        using var proxied = Requester(new("http://gopher-distributor.gophers.svc.cluster.local"), environment);
        using var exempt = Requester(direct.Address, environment);
        using var client = new HttpClient();

        Assert.Equal("Request >> from the proxy\n", await client.GetStringAsync(await proxied.ListeningAsync()));
        Assert.Equal("Request >> direct\n", await client.GetStringAsync(await exempt.ListeningAsync()));
        Assert.Equal("http://gopher-distributor.gophers.svc.cluster.local/", proxy.Seen.Single().RawTarget);
    }

    [Theory]
    [InlineData("information", 0)]
    [InlineData("debug", 1)]
    public async Task Logs_are_JSON_lines_with_one_for_a_request_only_at_debug_level(string level, int lines)
    {
        using var process = ServiceProcess.Start("GopherDistributor", new(Distributor) { ["LOG_LEVEL"] = level });
        using var client = new HttpClient();
        await client.GetStringAsync(new Uri(await process.ListeningAsync(), "/?q=1"));
        process.Terminate();
        Assert.Equal(0, await process.ExitCodeAsync());

        var events = process.Output.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal(lines, events.Count(IsAccess));
        Assert.Equal(["Information"], events.Where(line => !IsAccess(line)).Select(line => line.GetProperty("LogLevel").GetString()).Distinct());
        Assert.Equal(3, events.Count(line => !IsAccess(line)));

        static bool IsAccess(JsonElement line) => line.GetProperty("Category").GetString() == "Access";
    }

    private static ServiceProcess Requester(Uri distributor, Dictionary<string, string>? more = null) => ServiceProcess.Start("GopherRequester", new(more ?? [])
    {
        ["DISTRIBUTOR_URL"] = distributor.ToString(),
        ["DISTRIBUTOR_TIMEOUT_MS"] = "10000",
        ["POD_NAME"] = "requester-1",
        ["DRAIN_WINDOW_MS"] = "0",
    });

    private static async Task<bool> RefusesAsync(Uri address)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(address.Host, address.Port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
