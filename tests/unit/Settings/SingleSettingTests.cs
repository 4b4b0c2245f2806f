using GopherMesh.Infra;

namespace GopherMesh.Tests.Unit;

/// <summary>Each setting by itself: the values that it takes and those that it refuses.</summary>
public class SingleSettingTests
{
    private const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("mirrorPercent", "0")]
    [InlineData("mirrorPercent", "1")]
    [InlineData("canaryWeight", "0")]
    [InlineData("canaryWeight", "50")]
    [InlineData("canaryWeight", "100")]
    [InlineData("previewHeader", "")]
    [InlineData("previewHeader", "x-gopher-version")]
    [InlineData("requesterReplicas", "1")]
    [InlineData("distributorReplicas", "100")]
    [InlineData("namespace", "a")]
    [InlineData("namespace", "team-7")]
    [InlineData("istioVersion", "1.31.2")]
    [InlineData("gatewayHosts", """["gophers.example.com","*.example.org"]""")]
    [InlineData("requesterImage", "localhost:5000/gopher-requester:1.0")]
    [InlineData("requesterImage", "gopher-requester@" + Digest)]
    [InlineData("requesterImage", "registry.example.com:5000/a/b__c/d-e.f:v1_2.3@" + Digest)]
    [InlineData("vpcCidr", "172.20.0.0/16")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7/32","198.51.100.0/24","0.0.0.0/0"]""")]
    public void Accepts(string key, string value) => Settings.Read(StackFiles.Dev(("canaryVersion", "v2"), (key, value)));

    [Theory]
    [InlineData("canaryWeight", "-1")]
    [InlineData("canaryWeight", "101")]
    [InlineData("canaryWeight", "50.5")]
    [InlineData("canaryWeight", "50.0")]
    [InlineData("canaryWeight", "1e2")]
    [InlineData("canaryWeight", "0x10")]
    [InlineData("canaryWeight", "+5")]
    [InlineData("canaryWeight", "050")]
    [InlineData("canaryWeight", " 50")]
    [InlineData("canaryWeight", "50%")]
    [InlineData("canaryWeight", "abc")]
    [InlineData("canaryWeight", "")]
    [InlineData("canaryWeight", "null")]
    [InlineData("canaryWeight", "99999999999999999999")]
    [InlineData("canaryWeight", "٥٠")]
    [InlineData("mirrorPercent", "101")]
    [InlineData("stableVersion", "")]
    [InlineData("stableVersion", "V1")]
    [InlineData("stableVersion", "v1.0")]
    [InlineData("canaryVersion", "-v2")]
    [InlineData("canaryVersion", "v2\n")]
    [InlineData("canaryVersion", "a-version-name-of-28-letters")]
    [InlineData("requesterReplicas", "0")]
    [InlineData("requesterReplicas", "-3")]
    [InlineData("distributorReplicas", "101")]
    [InlineData("namespace", "")]
    [InlineData("namespace", "Gophers")]
    [InlineData("namespace", "default")]
    [InlineData("namespace", "istio-system")]
    [InlineData("namespace", "kube-system")]
    [InlineData("namespace", "0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("previewHeader", "X-Gopher-Version")]
    [InlineData("previewHeader", "x gopher")]
    [InlineData("previewHeader", "host")]
    [InlineData("previewHeader", "traceparent")]
    [InlineData("previewHeader", "x-envoy-retry-on")]
    [InlineData("istioVersion", "1.31")]
    [InlineData("istioVersion", "v1.31.0")]
    [InlineData("istioVersion", "1.0.5")]
    [InlineData("istioVersion", "latest")]
    [InlineData("clusterKind", "gke")]
    [InlineData("clusterKind", "EKS")]
    [InlineData("requesterImage", "gopher-requester")]
    [InlineData("requesterImage", "gopher-requester:latest")]
    [InlineData("requesterImage", "Gopher:1")]
    [InlineData("requesterImage", "gopher requester:1")]
    [InlineData("requesterImage", "https://example.com/gopher:1")]
    [InlineData("requesterImage", "gopher@sha256:1234")]
    [InlineData("requesterImage", "gopher:")]
    [InlineData("vpcCidr", "10.0.0.0")]
    [InlineData("vpcCidr", "10.0.0.1/16")]
    [InlineData("vpcCidr", "10.0.0.0/33")]
    [InlineData("vpcCidr", "10.0/16")]
    [InlineData("vpcCidr", "010.0.0.0/16")]
    [InlineData("vpcCidr", "300.0.0.0/16")]
    [InlineData("vpcCidr", "fd00::/16")]
    public void Rejects(string key, string value)
    {
        var error = Assert.Single(StackFiles.Dev((key, value)).Errors());
        Assert.Equal($"gopher-mesh:{key}", error.Key);
        Assert.Equal(value, error.Found);
    }

    [Theory]
    [InlineData("gatewayHosts", "*", "", "*")]
    [InlineData("gatewayHosts", "{}", "", "{}")]
    [InlineData("gatewayHosts", "[", "", "[")]
    [InlineData("gatewayHosts", """["a.example.com",7]""", "[1]", "7")]
    [InlineData("gatewayHosts", """["http://a.example.com"]""", "[0]", "http://a.example.com")]
    [InlineData("gatewayHosts", """["a.example.com:80"]""", "[0]", "a.example.com:80")]
    [InlineData("gatewayHosts", """["a.*.com"]""", "[0]", "a.*.com")]
    [InlineData("gatewayHosts", """["a.example.com","a.example.com"]""", "[1]", "a.example.com")]
    [InlineData("gatewayHosts", """["*","a.example.com"]""", "", """["*","a.example.com"]""")]
    [InlineData("gatewayHosts", "[]", "", "[]")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7"]""", "[0]", "203.0.113.7")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7/24"]""", "[0]", "203.0.113.7/24")]
    [InlineData("apiAllowedCidrs", """[null]""", "[0]", "null")]
    [InlineData("versions", "", "", "")]
    [InlineData("versions", "v1", "", "v1")]
    [InlineData("versions", "null", "", "null")]
    [InlineData("versions", "{}", "", "{}")]
    [InlineData("versions", """{"v1":"",}""", "", """{"v1":"",}""")]
    [InlineData("versions", """{"v1":"","v1":""}""", "", """{"v1":"","v1":""}""")]
    [InlineData("versions", """{"v1":null}""", ".v1", "null")]
    [InlineData("versions", """{"v1":{"image":"a:1"}}""", ".v1", """{"image":"a:1"}""")]
    [InlineData("versions", """{"v1":"","V2":""}""", ".V2", "V2")]
    [InlineData("versions", """{"v1":"","v2":"distributor"}""", ".v2", "distributor")]
    public void Names_the_member_that_it_rejects(string key, string value, string member, string found)
    {
        var error = Assert.Single(StackFiles.Dev((key, value)).Errors());
        Assert.Equal($"gopher-mesh:{key}{member}", error.Key);
        Assert.Equal(found, error.Found);
    }
}
