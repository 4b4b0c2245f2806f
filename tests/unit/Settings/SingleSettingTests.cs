using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit.Settings;

/// <summary>Each setting by itself: the values that it accepts and those that it refuses.</summary>
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
    [InlineData("canaryStickyMinutes", "0")]
    [InlineData("canaryStickyMinutes", "1440")]
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
    [InlineData("vpcCidr", "172.20.16.0/22")]
    [InlineData("observability", "true")]
    [InlineData("accessLogs", "true")]
    [InlineData("istioCni", "true")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7/32","198.51.100.0/24","0.0.0.0/0"]""")]
    [InlineData("kubernetesVersion", "1.34")]
    [InlineData("kubernetesVersion", "1.36")]
    [InlineData("kubernetesSupport", "extended")]
    [InlineData("apiPrivate", "true")]
    [InlineData("deletionProtection", "true")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/ops/team","policy":"clusterAdmin"}}""")]
    [InlineData("accessEntries", """{"dev":{"principalArn":"arn:aws-cn:iam::123456789012:user/u","policy":"view","namespaces":["gophers"]}}""")]
    [InlineData("rolePermissionsBoundary", "arn:aws:iam::123456789012:policy/team/boundary")]
    [InlineData("rolePermissionsBoundary", "arn:aws:iam::aws:policy/PowerUserAccess")]
    [InlineData("rolePath", "/team/a/")]
    [InlineData("logRetentionDays", "1")]
    [InlineData("logRetentionDays", "3653")]
    [InlineData("keyDeletionWindowDays", "7")]
    [InlineData("nodeCpuLimit", "4")]
    [InlineData("nodeMaintenanceWindow", "sun:02:00-sun:06:00")]
    [InlineData("nodeMaintenanceWindow", "23:30-01:00")]
    [InlineData("metricsServer", "true")]
    [InlineData("owner", "team-7@example.com")]
    [InlineData("requesterRoleArn", "arn:aws:iam::123456789012:role/team/requester")]
    [InlineData("distributorRoleArn", "arn:aws-cn:iam::123456789012:role/distributor")]
    [InlineData("zones", "2")]
    [InlineData("natGateways", "perZone")]
    [InlineData("flowLogs", "none")]
    [InlineData("flowLogs", "all")]
    [InlineData("gatewayScheme", "internal")]
    [InlineData("gatewayAllowedCidrs", """["203.0.113.0/24"]""")]
    [InlineData("rolloutSteps", "100")]
    [InlineData("rolloutSteps", "1,2,99,100")]
    [InlineData("rolloutGates", "0")]
    [InlineData("rolloutGates", "0,50,100")]
    [InlineData("rolloutDeadlineMinutes", "1")]
    [InlineData("rolloutWithoutEvidence", "goBack")]
    [InlineData("rolloutWithoutEvidence", "goOn")]
    [InlineData("rolloutBakeSeconds", "0")]
    [InlineData("rolloutWarmUpSeconds", "3600")]
    [InlineData("rolloutTolerance", "0.01")]
    [InlineData("rolloutLatencyTolerance", "50")]
    [InlineData("rolloutFalseAlarms", "2")]
    [InlineData("rolloutMisses", "1000000")]
    public void Accepts(string key, string value) => StackSettings.Read(StackFiles.Dev(("canaryVersion", "v2"), (key, value)));

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
    [InlineData("rolloutSteps", "")]
    [InlineData("rolloutSteps", "5,10")]
    [InlineData("rolloutSteps", "0,100")]
    [InlineData("rolloutSteps", "10,5,100")]
    [InlineData("rolloutSteps", "5,5,100")]
    [InlineData("rolloutSteps", "5, 100")]
    [InlineData("rolloutSteps", "5,,100")]
    [InlineData("rolloutSteps", "[5,100]")]
    [InlineData("rolloutGates", "101")]
    [InlineData("rolloutGates", "50,0")]
    [InlineData("rolloutGates", ",")]
    [InlineData("rolloutDeadlineMinutes", "0")]
    [InlineData("rolloutWithoutEvidence", "on")]
    [InlineData("rolloutBakeSeconds", "86401")]
    [InlineData("rolloutWarmUpSeconds", "-1")]
    [InlineData("rolloutTolerance", "0")]
    [InlineData("rolloutTolerance", "1e0")]
    [InlineData("rolloutTolerance", "-1")]
    [InlineData("rolloutTolerance", "NaN")]
    [InlineData("rolloutLatencyTolerance", "51")]
    [InlineData("rolloutFalseAlarms", "1")]
    [InlineData("rolloutMisses", "0.01")]
    [InlineData("stableVersion", "")]
    [InlineData("stableVersion", "V1")]
    [InlineData("stableVersion", "v1.0")]
    [InlineData("canaryVersion", "-v2")]
    [InlineData("canaryVersion", "v2\n")]
    [InlineData("canaryVersion", "a-version-name-of-28-letters")]
    [InlineData("canaryStickyMinutes", "1441")]
    [InlineData("canaryStickyMinutes", "1.5")]
    [InlineData("requesterMaxReplicas", "101")]
    [InlineData("distributorMaxReplicas", "-1")]
    [InlineData("faultVersion", "V1")]
    [InlineData("faultAbortPercent", "101")]
    [InlineData("faultDelayMs", "10001")]
    [InlineData("faultDelayMs", "1s")]
    [InlineData("faultPercent", "0")]
    [InlineData("faultLive", "yes")]
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
    [InlineData("observability", "yes")]
    [InlineData("observability", "True")]
    [InlineData("traceSamplingPercent", "101")]
    [InlineData("traceSamplingPercent", "0.5")]
    [InlineData("accessLogs", "json")]
    [InlineData("istioCni", "on")]
    [InlineData("alertmanagerUrl", "alertmanager:9093")]
    [InlineData("alertmanagerUrl", "ftp://alertmanager")]
    [InlineData("alertmanagerUrl", "https://user:password@alerts.example.com")]
    [InlineData("alertmanagerUrl", "https://alerts.example.com/?team=7")]
    [InlineData("metricsStorageGiB", "-1")]
    [InlineData("metricsStorageGiB", "8Gi")]
    [InlineData("metricsStorageGiB", "2000")]
    [InlineData("namespace", "observability")]
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
    [InlineData("vpcCidr", "10.0.0.0/15")]
    [InlineData("vpcCidr", "10.0.0.0/23")]
    [InlineData("vpcId", "vpc-1")]
    [InlineData("kubernetesVersion", "1.32")]
    [InlineData("kubernetesVersion", "1.35.1")]
    [InlineData("kubernetesVersion", "v1.35")]
    [InlineData("kubernetesSupport", "STANDARD")]
    [InlineData("apiPrivate", "yes")]
    [InlineData("deletionProtection", "yes")]
    [InlineData("accessEntries", "[]")]
    [InlineData("rolePermissionsBoundary", "boundary")]
    [InlineData("rolePermissionsBoundary", "arn:aws:iam::123456789012:role/r")]
    [InlineData("rolePath", "")]
    [InlineData("rolePath", "/team")]
    [InlineData("rolePath", "team/")]
    [InlineData("rolePath", "/te am/")]
    [InlineData("logRetentionDays", "0")]
    [InlineData("logRetentionDays", "31")]
    [InlineData("logRetentionDays", "030")]
    [InlineData("keyDeletionWindowDays", "6")]
    [InlineData("keyDeletionWindowDays", "31")]
    [InlineData("nodeCpuLimit", "3")]
    [InlineData("nodeMaintenanceWindow", "sun:02:00-06:00")]
    [InlineData("nodeMaintenanceWindow", "Sun:02:00-Sun:06:00")]
    [InlineData("nodeMaintenanceWindow", "24:00-06:00")]
    [InlineData("nodeMaintenanceWindow", "02:00-02:30")]
    [InlineData("nodeMaintenanceWindow", "02:00-02:00")]
    [InlineData("metricsServer", "yes")]
    [InlineData("owner", "")]
    [InlineData("owner", "a,b=c")]
    [InlineData("requesterRoleArn", "requester")]
    [InlineData("distributorRoleArn", "arn:aws:iam::123456789012:user/u")]
    [InlineData("zones", "1")]
    [InlineData("zones", "4")]
    [InlineData("natGateways", "single")]
    [InlineData("flowLogs", "REJECT")]
    [InlineData("gatewayScheme", "public")]
    [InlineData("gatewayAllowedCidrs", "[]")]
    [InlineData("tlsCertificateArn", "arn:aws:iam::123456789012:server-certificate/x")]
    [InlineData("hostedZoneId", "example.com")]
    [InlineData("hostedZoneId", "/hostedzone/Z0123456789")]
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
    [InlineData("privateSubnetIds", """["subnet-1"]""", "[0]", "subnet-1")]
    [InlineData("publicSubnetIds", """["vpc-00000001"]""", "[0]", "vpc-00000001")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7"]""", "[0]", "203.0.113.7")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7/24"]""", "[0]", "203.0.113.7/24")]
    [InlineData("apiAllowedCidrs", """[null]""", "[0]", "null")]
    [InlineData("apiAllowedCidrs", """["203.0.113.7/32","10.0.0.0/8"]""", "[1]", "10.0.0.0/8")]
    [InlineData("apiAllowedCidrs", """["192.168.1.7/32"]""", "[0]", "192.168.1.7/32")]
    [InlineData("apiAllowedCidrs", """["96.0.0.0/4"]""", "[0]", "96.0.0.0/4")]
    [InlineData("accessEntries", """{"nodes":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"view"}}""", ".nodes", "nodes")]
    [InlineData("accessEntries", """{"Ops":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"view"}}""", ".Ops", "Ops")]
    [InlineData("accessEntries", """{"ops":"arn:aws:iam::123456789012:role/r"}""", ".ops", "\"arn:aws:iam::123456789012:role/r\"")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"r","policy":"view"}}""", ".ops.principalArn", "r")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:sts::123456789012:assumed-role/r/s","policy":"view"}}""", ".ops.principalArn", "arn:aws:sts::123456789012:assumed-role/r/s")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/r"}}""", ".ops.policy", "")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"root"}}""", ".ops.policy", "root")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"view","namespaces":"a"}}""", ".ops.namespaces", "a")]
    [InlineData("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"view","namespaces":["A"]}}""", ".ops.namespaces", """["A"]""")]
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

/// <summary>The keys of Pulumi's AWS provider, which the stack reads for the provider that it makes.</summary>
public class AwsKeysTests
{
    private const string Deployer = """[{"roleArn":"arn:aws:iam::123456789012:role/deployer"}]""";

    [Fact]
    public void Reads_region_and_profile()
    {
        var eks = StackFiles.Dev(("aws:region", "us-gov-west-1"), ("aws:profile", "team seven")).Read().Eks;
        Assert.Equal(("us-gov-west-1", "team seven"), (eks.Region, eks.Credentials.Profile));
    }

    [Theory]
    [InlineData("aws:region", "")]
    [InlineData("aws:region", "Sydney")]
    [InlineData("aws:region", "ap-southeast-2a")]
    [InlineData("aws:profile", "a\tb")]
    [InlineData("aws:assumeRole", "{}")]
    [InlineData("aws:accessKey", "AKIA")]
    [InlineData("aws:forbiddenAccountIds", "[]")]
    [InlineData("aws:defaultTags", "{}")]
    public void Rejects(string key, string value) => Assert.Equal(key, Assert.Single(StackFiles.Dev((key, value)).Errors()).Key);

    [Fact]
    public void Reads_the_role_and_the_accounts_of_an_organisation()
    {
        var credentials = StackFiles.Dev(
            ("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/team/deployer","sessionName":"ci"}]"""), ("aws:allowedAccountIds", """["123456789012"]""")).Read().Eks.Credentials;

        Assert.Equal(new AssumedRole("arn:aws:iam::123456789012:role/team/deployer", "ci"), credentials.Role);
        Assert.Equal("123456789012", Assert.Single(credentials.AllowedAccountIds));
        Assert.Equal("gopher-mesh", StackFiles.Dev(("aws:assumeRoles", Deployer)).Read().Eks.Credentials.Role!.SessionName);
    }

    [Theory]
    [InlineData("aws:assumeRoles", """{"roleArn":"arn:aws:iam::123456789012:role/a"}""", "", "list of one role")]
    [InlineData("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/a"},{"roleArn":"arn:aws:iam::123456789012:role/b"}]""", "", "a chain of roles, belong in a profile")]
    [InlineData("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/a","externalId":"x"}]""", "[0]", "an external ID")]
    [InlineData("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:user/a"}]""", "[0].roleArn", "ARN of an IAM role")]
    [InlineData("aws:assumeRoles", """[{"roleArn":"arn:aws:iam::123456789012:role/a","sessionName":"a b"}]""", "[0].sessionName", "2 to 64 letters")]
    [InlineData("aws:allowedAccountIds", "[123456789012]", "[0]", "use a string")]
    [InlineData("aws:allowedAccountIds", """["1234"]""", "[0]", "12 digits")]
    public void Says_which_part_of_the_credentials_is_wrong(string key, string value, string member, string remedy)
    {
        var error = Assert.Single(StackFiles.Dev((key, value)).Errors());
        Assert.Equal(key + member, error.Key);
        Assert.Contains(remedy, error.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws:assumeRoles", "aws:allowedAccountIds", """["210987654321"]""")]
    [InlineData("gopher-mesh:accessEntries.ops", "accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/deployer","policy":"view"}}""")]
    public void Rejects_what_contradicts_the_role(string expected, string key, string value) =>
        Assert.Equal(expected, Assert.Single(StackFiles.Dev(("aws:assumeRoles", Deployer), (key, value)).Errors()).Key);

    [Fact]
    public void Rejects_a_boundary_of_another_account() => Assert.Equal(
        "gopher-mesh:rolePermissionsBoundary",
        Assert.Single(StackFiles.Dev(("aws:allowedAccountIds", """["210987654321"]"""), ("rolePermissionsBoundary", "arn:aws:iam::123456789012:policy/b")).Errors()).Key);

    [Theory]
    [InlineData("aws:assumeRoles", Deployer)]
    [InlineData("aws:allowedAccountIds", """["123456789012"]""")]
    public void Rejects_credentials_on_an_existing_cluster(string key, string value) => Assert.Equal(key, Assert.Single(StackFiles.Local((key, value)).Errors()).Key);

    [Fact]
    public void Rejects_a_region_on_an_existing_cluster() =>
        Assert.Equal("aws:region", Assert.Single(StackFiles.Local(("aws:region", "ap-southeast-2")).Errors()).Key);
}
