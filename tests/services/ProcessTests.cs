using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using GopherMesh.Distributor;
using GopherMesh.Requester;
using GopherMesh.Service;
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

public sealed class EnvironmentTests
{
    [Theory]
    [InlineData("VERSION", "")]
    [InlineData("VERSION", "2")]
    [InlineData("VERSION", "V2")]
    [InlineData("VERSION", "v")]
    [InlineData("VERSION", "v0")]
    [InlineData("VERSION", "v02")]
    [InlineData("VERSION", "v2 ")]
    [InlineData("VERSION", "v99999999999")]
    [InlineData("POD_NAME", "")]
    [InlineData("POD_NAME", "Upper")]
    [InlineData("POD_NAME", "-dash")]
    [InlineData("POD_NAME", "a..b")]
    [InlineData("POD_NAME", "line\nbreak")]
    [InlineData("DRAIN_WINDOW_MS", "-1")]
    [InlineData("DRAIN_WINDOW_MS", "10001")]
    [InlineData("LOG_LEVEL", "verbose")]
    [InlineData("METRICS_PORT", "0")]
    [InlineData("METRICS_PORT", "65536")]
    [InlineData("METRICS_PORT", "http")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "ftp://collector")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "/v1/metrics")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "GRPC")]
    public void The_distributor_refuses(string name, string value) =>
        AssertRefused(name, value, environment => DistributorSettings.Read(environment));

    [Theory]
    [InlineData("DISTRIBUTOR_URL", "")]
    [InlineData("DISTRIBUTOR_URL", "gopher-distributor")]
    [InlineData("DISTRIBUTOR_URL", "ftp://gopher-distributor")]
    [InlineData("DISTRIBUTOR_URL", "http://user:secret@gopher-distributor")]
    [InlineData("DISTRIBUTOR_URL", "http://gopher-distributor/?a=b")]
    [InlineData("DISTRIBUTOR_TIMEOUT_MS", "0")]
    [InlineData("DISTRIBUTOR_TIMEOUT_MS", "10001")]
    [InlineData("DISTRIBUTOR_TIMEOUT_MS", "1.5")]
    [InlineData("DISTRIBUTOR_TIMEOUT_MS", "soon")]
    [InlineData("STICKY_COOKIE", "two words")]
    [InlineData("PROPAGATED_HEADERS", "x-ok,")]
    [InlineData("PROPAGATED_HEADERS", "two words")]
    [InlineData("PROPAGATED_HEADERS", "Host")]
    [InlineData("PROPAGATED_HEADERS", "content-length")]
    [InlineData("PROPAGATED_HEADERS", "transfer-encoding")]
    [InlineData("POD_NAME", "")]
    public void The_requester_refuses(string name, string value) =>
        AssertRefused(name, value, environment => RequesterSettings.Read(environment));

    [Fact]
    public void Every_wrong_variable_is_reported_at_once()
    {
        var environment = Valid("VERSION", "2");
        environment.Remove("POD_NAME");

        var exception = Assert.Throws<EnvironmentException>(() => DistributorSettings.Read(new(environment.GetValueOrDefault)));

        Assert.Equal(["VERSION", "POD_NAME"], exception.Errors.Select(error => error.Split(' ')[0]));
    }

    [Fact]
    public void What_is_optional_has_its_documented_default()
    {
        var environment = Valid("VERSION", "v1");

        var settings = RequesterSettings.Read(new(environment.GetValueOrDefault));

        Assert.Equal(TimeSpan.FromSeconds(2), settings.DistributorTimeout);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.Service.DrainWindow);
        Assert.Empty(settings.PropagatedHeaders);
        Assert.False(settings.Service.Telemetry.IsOn);
    }

    [Theory]
    [InlineData("http://+:8080", "http://+:9090")]
    [InlineData("http://127.0.0.1:41234;http://[::1]:41234", "http://127.0.0.1:9090")]
    [InlineData("http://[::]:8080/", "http://[::]:9090")]
    public void Metrics_are_served_on_the_host_that_the_service_listens_on(string urls, string metrics)
    {
        var environment = Valid("METRICS_PORT", "9090");
        environment["ASPNETCORE_URLS"] = urls;

        Assert.Equal(metrics, DistributorSettings.Read(new(environment.GetValueOrDefault)).Service.Telemetry.MetricsUrl);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("8080")]
    public void Metrics_without_an_address_to_listen_on_are_refused(string? urls)
    {
        var environment = Valid("METRICS_PORT", "9090");
        environment["ASPNETCORE_URLS"] = urls!;

        var exception = Assert.Throws<EnvironmentException>(() => DistributorSettings.Read(new(environment.GetValueOrDefault)));

        Assert.StartsWith("ASPNETCORE_URLS ", Assert.Single(exception.Errors), StringComparison.Ordinal);
    }

    private static void AssertRefused(string name, string value, Action<ServiceEnvironment> read)
    {
        var exception = Assert.Throws<EnvironmentException>(() => read(new(Valid(name, value).GetValueOrDefault)));

        var error = Assert.Single(exception.Errors);
        Assert.StartsWith(value == "" ? $"{name} is not set; it must be " : $"{name} is \"{value.ReplaceLineEndings(" ")}\"; it must be ", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    private static Dictionary<string, string> Valid(string name, string value) => new()
    {
        ["VERSION"] = "v1",
        ["POD_NAME"] = "pod-1",
        ["DISTRIBUTOR_URL"] = "http://gopher-distributor",
        [name] = value,
    };
}

public sealed class ProbesTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1");

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task A_requester_is_well_and_ready_without_its_distributor(string path, string answer)
    {
        await using var requester = await RunningApp.RequesterAsync(Nowhere);

        Assert.Equal(answer, await requester.Client.GetStringAsync(path));
    }

    [Fact]
    public async Task The_version_names_service_version_and_pod()
    {
        await using var distributor = await RunningApp.DistributorAsync("v2", "pod-7");

        Assert.Equal("""{"service":"gopher-distributor","version":"v2","pod":"pod-7"}""", await distributor.Client.GetStringAsync("/version"));
    }

    [Fact]
    public async Task A_draining_service_is_not_ready_but_alive_and_answers_with_connection_close()
    {
        await using var distributor = await RunningApp.DistributorAsync();
        var stopped = distributor.BeginStop();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, true), await AskAsync(distributor, "/readyz"));
        Assert.Equal((HttpStatusCode.OK, true), await AskAsync(distributor, "/healthz"));
        Assert.Equal((HttpStatusCode.OK, true), await AskAsync(distributor, "/"));
        Assert.False(stopped.IsCompleted);

        distributor.HurryUp();
        await stopped.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_service_that_does_not_drain_keeps_its_connections()
    {
        await using var distributor = await RunningApp.DistributorAsync();

        Assert.Equal((HttpStatusCode.OK, false), await AskAsync(distributor, "/"));
    }

    private static async Task<(HttpStatusCode Status, bool Closes)> AskAsync(RunningApp app, string path)
    {
        using var response = await app.Client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, response.Headers.ConnectionClose ?? false);
    }
}
