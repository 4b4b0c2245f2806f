using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Observing;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

public sealed class IstioMetricsTests
{
    private static readonly PodEndpoint V2 = new(
        "gopher-distributor-v2-6d5887bb96-vzc4x",
        "gophers",
        new Dictionary<string, string> { ["app"] = "gopher-distributor", ["version"] = "v2" },
        new Dictionary<string, int>(),
        Ready: true);

    [Fact]
    public void A_request_is_counted_under_istios_names_and_labels()
    {
        var line = Assert.Single(Lines(Report(V2, 200, ResponseMarks.None)), line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal));

        Assert.EndsWith("} 1", line, StringComparison.Ordinal);
        Assert.All(
            [
                "reporter=\"source\"",
                "source_workload=\"gopher-requester-0\"",
                "destination_workload=\"gopher-distributor-v2\"",
                "destination_workload_namespace=\"gophers\"",
                "destination_canonical_service=\"gopher-distributor\"",
                "destination_version=\"v2\"",
                "destination_service=\"gopher-distributor.gophers.svc.cluster.local\"",
                "destination_service_name=\"gopher-distributor\"",
                "response_code=\"200\"",
                "response_flags=\"-\"",
            ],
            label => Assert.Contains(label, line, StringComparison.Ordinal));
    }

    [Fact]
    public void Durations_are_cumulated_in_buckets()
    {
        var lines = Lines(Report(V2, 200, ResponseMarks.None, 0.4), Report(V2, 200, ResponseMarks.None, 5), Report(V2, 200, ResponseMarks.None, 4e6));

        string Value(string start, string end) => lines.Single(line => line.StartsWith(start, StringComparison.Ordinal) && line.Contains(end, StringComparison.Ordinal)).Split(' ')[^1];

        Assert.Equal("1", Value("istio_request_duration_milliseconds_bucket", "le=\"1\""));
        Assert.Equal("2", Value("istio_request_duration_milliseconds_bucket", "le=\"5\""));
        Assert.Equal("2", Value("istio_request_duration_milliseconds_bucket", "le=\"3600000\""));
        Assert.Equal("3", Value("istio_request_duration_milliseconds_bucket", "le=\"+Inf\""));
        Assert.Equal("4000005.4", Value("istio_request_duration_milliseconds_sum", ""));
    }

    [Fact]
    public void Without_a_pod_the_destination_is_unknown()
    {
        var line = Lines(Report(null, 503, ResponseMarks.NoHealthyUpstream)).Single(line => line.StartsWith("istio_requests_total{", StringComparison.Ordinal));

        Assert.Contains("destination_version=\"unknown\"", line, StringComparison.Ordinal);
        Assert.Contains("response_flags=\"UH\"", line, StringComparison.Ordinal);
    }

    private static RequestReport Report(PodEndpoint? pod, int status, ResponseMarks marks, double milliseconds = 1) => new()
    {
        Reporter = Reporter.Source,
        Source = TestMesh.Caller,
        DestinationHost = Declared.Distributor,
        Destination = pod,
        StatusCode = status,
        Flags = marks,
        Duration = TimeSpan.FromMilliseconds(milliseconds),
    };

    private static string[] Lines(params RequestReport[] reports)
    {
        var metrics = new IstioMetrics();
        foreach (var report in reports)
        {
            metrics.OnRequest(report);
        }

        using var writer = new StringWriter();
        metrics.WriteTo(writer);
        return writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
