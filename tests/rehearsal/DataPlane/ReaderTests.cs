using GopherMesh.DataPlane.Manifests;
using static GopherMesh.Tests.Rehearsal.DataPlane.Declared;

namespace GopherMesh.Tests.Rehearsal.DataPlane;

/// <summary>Nothing declared is without effect and without a word.</summary>
public sealed class ReaderTests
{
    [Theory]
    [InlineData("corsPolicy: { allowOrigins: [{ exact: '*' }] }", "spec.http[0].corsPolicy")]
    [InlineData("delegate: { name: other }", "spec.http[0]")]
    [InlineData("timeuot: 1s", "spec.http[0].timeuot")]
    [InlineData("timeout: 1 second", "spec.http[0].timeout")]
    [InlineData("timeout: 5", "spec.http[0].timeout")]
    [InlineData("retries: { attempts: 1.5 }", "spec.http[0].retries.attempts")]
    [InlineData("retries: { retryOn: sometimes }", "spec.http[0].retries.retryOn")]
    [InlineData("retries: { retryRemoteLocalities: true }", "spec.http[0].retries.retryRemoteLocalities")]
    [InlineData("match: [{ uri: { regex: '(' } }]", "spec.http[0].match[0].uri.regex")]
    [InlineData("match: [{ uri: { regex: '(?=a)' } }]", "spec.http[0].match[0].uri.regex")]
    [InlineData("match: [{ uri: { exact: /a, prefix: /a } }]", "spec.http[0].match[0].uri")]
    [InlineData("match: [{ headers: { '@request.auth.claims.a': { exact: b } } }]", "spec.http[0].match[0].headers.@request.auth.claims.a")]
    [InlineData("headers: { request: { set: { x: '%HOSTNAME%' } } }", "spec.http[0].headers.request.set.x")]
    [InlineData("headers: { response: { set: { host: x } } }", "spec.http[0].headers.response.set.host")]
    [InlineData("fault: { abort: { grpcStatus: UNAVAILABLE } }", "spec.http[0].fault.abort.grpcStatus")]
    [InlineData("headers: { request: { set: { 'x who': a } } }", "spec.http[0].headers.request.set.x who")]
    [InlineData("mirrorPercentage: { value: 101 }", "spec.http[0].mirrorPercentage.value")]
    [InlineData("redirect: { uri: /x }", "spec.http[0]")]
    public void A_field_that_is_not_obeyed_is_refused_by_its_path(string field, string path) =>
        Assert.Contains(path, Problems(DistributorRoutes($"[{{ route: [{To("v1")}], {field} }}]")));

    [Theory]
    [InlineData("loadBalancer: { consistentHash: { useSourceIp: true } }", "loadBalancer.consistentHash")]
    [InlineData("loadBalancer: { simple: PASSTHROUGH }", "loadBalancer.simple")]
    [InlineData("loadBalancer: { warmup: { duration: 10s } }", "loadBalancer.warmup")]
    [InlineData("connectionPool: { http: { maxConcurrentStreams: 1 } }", "connectionPool.http.maxConcurrentStreams")]
    [InlineData("outlierDetection: { splitExternalLocalOriginErrors: true }", "outlierDetection.splitExternalLocalOriginErrors")]
    [InlineData("tls: { mode: SIMPLE }", "tls.mode")]
    [InlineData("tls: { mode: ISTIO_MUTUAL, sni: x }", "tls.sni")]
    [InlineData("retryBudget: { percent: 20 }", "retryBudget")]
    public void A_traffic_policy_that_is_not_obeyed_is_refused_by_its_path(string field, string path) =>
        Assert.Contains($"spec.trafficPolicy.{path}", Problems(Subset("v1").Replace("host:", $"trafficPolicy: {{ {field} }}\n  host:", StringComparison.Ordinal)));

    [Theory]
    [InlineData("name: http", "name: tcp", "spec.ports[0].name")]
    [InlineData("name: http", "name: mysql-main", "spec.ports[0].name")]
    [InlineData("name: http, port: 80", "name: web, port: 25", "spec.ports[0].name")]
    [InlineData("name: http", "name: http, appProtocol: kubernetes.io/wss", "spec.ports[0].name")]
    [InlineData("port: 80", "port: 80, protocol: UDP", "spec.ports[0].protocol")]
    [InlineData("selector:", "sessionAffinity: ClientIP\n  selector:", "spec.sessionAffinity")]
    [InlineData("selector:", "clusterIP: None\n  selector:", "spec.clusterIP")]
    [InlineData("namespace: gophers }", "namespace: gophers, annotations: { networking.istio.io/exportTo: '.' } }", "metadata.annotations.networking.istio.io/exportTo")]
    public void A_service_that_is_not_obeyed_is_refused_by_the_path(string written, string instead, string path) =>
        Assert.Contains(path, Problems(DistributorService.Replace(written, instead, StringComparison.Ordinal)));

    [Theory]
    [InlineData("protocol: HTTP", "protocol: HTTPS", "spec.servers[0].port.protocol")]
    [InlineData("hosts: [\"*\"]", "hosts: [\"*\"], tls: { mode: SIMPLE, credentialName: c }", "spec.servers[0].tls.mode")]
    [InlineData("hosts: [\"*\"]", "hosts: []", "spec.servers[0].hosts")]
    [InlineData("hosts: [\"*\"]", "hosts: [\"*\"], bind: 10.0.0.1", "spec.servers[0].bind")]
    public void A_gateway_that_is_not_obeyed_is_refused_by_the_path(string written, string instead, string path) =>
        Assert.Contains(path, Problems(Gateway.Replace(written, instead, StringComparison.Ordinal)));

    [Fact]
    public void All_that_is_wrong_is_reported_at_once_with_object_and_path()
    {
        var error = Assert.Throws<UnmodelledFieldException>(() => TestMesh.Model(
            DistributorRoutes($"[{{ route: [{To("v1")}], corsPolicy: {{}}, colour: {{}} }}]") + "\n---\n" + Subset("v3", ", colour: blue")));

        Assert.Equal(3, error.Problems.Count);
        Assert.StartsWith("VirtualService gophers/gopher-distributor: spec.http[0].corsPolicy: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("DestinationRule gophers/gopher-distributor-v3: spec.subsets[0].colour: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_plain_http_cannot_show_is_accepted_and_listed()
    {
        var model = TestMesh.Model(Subset("v3", ", trafficPolicy: { tls: { mode: ISTIO_MUTUAL }, connectionPool: { tcp: { tcpKeepalive: { time: 5s } } } }"));

        Assert.Contains(model.NotRehearsed, field => field.Path == "spec.subsets[0].trafficPolicy.tls.mode");
        Assert.Contains(model.NotRehearsed, field => field.Path == "spec.subsets[0].trafficPolicy.connectionPool.tcp.tcpKeepalive");
    }

    private static IEnumerable<string> Problems(string yaml) =>
        Assert.Throws<UnmodelledFieldException>(() => TestMesh.Model(yaml)).Problems.Select(problem => problem.Path);
}
