using GopherMesh.Distributor;
using GopherMesh.Requester;
using GopherMesh.Service;

namespace GopherMesh.Tests.Services;

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
