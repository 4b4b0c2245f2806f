using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit.Settings;

/// <summary>Settings that have to agree with one another, and how errors are reported.</summary>
public class CombinedSettingsTests
{
    private const string Zone = "Z0123456789ABCDEFGHIJ";

    private static (string Key, string Value)[] Existing =>
    [
        ("vpcId", "vpc-0123456789abcdef0"),
        ("privateSubnetIds", """["subnet-00000001","subnet-00000002"]"""),
        ("publicSubnetIds", """["subnet-00000003","subnet-00000004"]"""),
    ];

    public static TheoryData<string, (string, string)[]> Sound => new()
    {
        { "the article's start", [] },
        { "dark launch", [("canaryVersion", "v2")] },
        { "even split", [("canaryVersion", "v2"), ("canaryWeight", "50")] },
        { "cutover", [("canaryVersion", "v2"), ("canaryWeight", "100")] },
        { "a mirror that waits for the rollback", [("canaryVersion", "v2"), ("canaryWeight", "50"), ("mirrorPercent", "10")] },
        { "promotion", [("stableVersion", "v2"), ("canaryVersion", ""), ("canaryWeight", "0")] },
        { "extended support", [("kubernetesVersion", "1.33"), ("kubernetesSupport", "extended")] },
        { "other names", [("versions", """{"blue":"a:1","green":"a:2"}"""), ("stableVersion", "blue"), ("canaryVersion", "green")] },
        {
            "HTTPS",
            [
                ("tlsCertificateArn", "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"),
                ("gatewayHosts", """["gophers.example.com"]"""),
            ]
        },
        { "HTTPS by names in a hosted zone", [("hostedZoneId", Zone), ("gatewayHosts", """["gophers.example.com","*.gophers.example.com"]""")] },
        { "roles of the only account", [("aws:allowedAccountIds", """["123456789012"]"""), ("requesterRoleArn", RoleOf("123456789012"))] },
        { "a network that is there already", Existing },
        { "such a network, reached from inside alone", [.. Existing.Take(2), ("gatewayScheme", "internal"), ("apiPrivate", "true")] },
        { "unseen", [("accessLogs", "true")] },
        { "seen without traces", [("observability", "true"), ("traceSamplingPercent", "0")] },
        { "every request traced, metrics kept", [("observability", "true"), ("traceSamplingPercent", "100"), ("metricsStorageGiB", "1024")] },
    };

    public static TheoryData<string, (string, string)[]> Contradictory => new()
    {
        { "canaryWeight", [("canaryWeight", "10")] },
        { "mirrorPercent", [("mirrorPercent", "50")] },
        { "canaryVersion", [("canaryVersion", "v1")] },
        { "canaryVersion", [("canaryVersion", "v3")] },
        { "stableVersion", [("stableVersion", "v3")] },
        { "kubernetesVersion", [("kubernetesVersion", "1.33")] },
        { "tlsCertificateArn", [("tlsCertificateArn", "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012")] },
        { "apiPrivate", [("apiPrivate", "true"), ("apiAllowedCidrs", """["203.0.113.7/32"]""")] },
        { "apiAllowedCidrs", [("apiAllowedCidrs", $"[{string.Join(',', Enumerable.Range(0, 41).Select(last => $"\"203.0.113.{last}/32\""))}]")] },
        { "versions.blue", [("versions", """{"v1":"","blue":""}""")] },
        {
            "tlsCertificateArn",
            [
                ("tlsCertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"),
                ("gatewayHosts", """["gophers.example.com"]"""),
            ]
        },
        { "hostedZoneId", [("hostedZoneId", Zone)] },
        { "hostedZoneId", [("hostedZoneId", Zone), ("gatewayHosts", $"[\"{new string('a', 53)}.example.com\",\"b.example.com\"]")] },
        {
            "hostedZoneId",
            [
                ("hostedZoneId", Zone),
                ("tlsCertificateArn", "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012"),
                ("gatewayHosts", """["gophers.example.com"]"""),
            ]
        },
        { "requesterRoleArn", [("aws:allowedAccountIds", """["123456789012"]"""), ("requesterRoleArn", RoleOf("210987654321"))] },
        { "distributorRoleArn", [("aws:assumeRoles", $$"""[{"roleArn":"{{RoleOf("123456789012")}}"}]"""), ("distributorRoleArn", RoleOf("210987654321"))] },
        { "privateSubnetIds", [Existing[0], ("gatewayScheme", "internal")] },
        { "privateSubnetIds", [Existing[1]] },
        { "publicSubnetIds", [Existing[2]] },
        { "publicSubnetIds", [.. Existing.Take(2)] },
        { "publicSubnetIds", [.. Existing, ("gatewayScheme", "internal")] },
        { "publicSubnetIds[0]", [.. Existing.Take(2), ("publicSubnetIds", """["subnet-00000002","subnet-00000004"]""")] },
        { "vpcCidr", [.. Existing, ("vpcCidr", "10.1.0.0/16")] },
        { "zones", [.. Existing, ("zones", "2")] },
        { "natGateways", [.. Existing, ("natGateways", "perZone")] },
        { "flowLogs", [.. Existing, ("flowLogs", "all")] },
        { "kubeContext", [("kubeContext", "kind-gopher-mesh")] },
        { "gatewayServiceType", [("gatewayServiceType", "NodePort")] },
        { "traceSamplingPercent", [("traceSamplingPercent", "50")] },
        { "metricsStorageGiB", [("metricsStorageGiB", "8")] },
        { "alertmanagerUrl", [("alertmanagerUrl", "http://alertmanager.monitoring:9093")] },
        { "runbookUrl", [("runbookUrl", "https://git.example.com/docs/observability.md")] },
        { "metricsStorageClass", [("observability", "true"), ("metricsStorageGiB", "8"), ("metricsStorageClass", "gp3")] },
    };

    public static TheoryData<string, (string, string)[]> ContradictoryOnAnExistingCluster => new()
    {
        { "kubeContext", [("kubeContext", "")] },
        { "kubeContext", [("kubeContext", "kind gopher")] },
        { "requesterImage", [("requesterImage", "")] },
        { "versions.v2", [("versions", """{"v1":"a:1","v2":""}""")] },
        { "kubernetesVersion", [("kubernetesVersion", "1.34")] },
        { "vpcCidr", [("vpcCidr", "10.1.0.0/16")] },
        { "apiAllowedCidrs", [("apiAllowedCidrs", """["203.0.113.7/32"]""")] },
        { "owner", [("owner", "gophers")] },
        { "metricsStorageClass", [("observability", "true"), ("metricsStorageClass", "gp3")] },
        { "metricsStorageClass", [("observability", "true"), ("metricsStorageGiB", "8"), ("metricsStorageClass", "Fast!")] },
        { "apiPrivate", [("apiPrivate", "true")] },
        { "kubernetesSupport", [("kubernetesSupport", "extended")] },
        { "deletionProtection", [("deletionProtection", "true")] },
        { "accessEntries", [("accessEntries", """{"ops":{"principalArn":"arn:aws:iam::123456789012:role/r","policy":"view"}}""")] },
        { "rolePath", [("rolePath", "/team/")] },
        { "rolePermissionsBoundary", [("rolePermissionsBoundary", "arn:aws:iam::123456789012:policy/b")] },
        { "logRetentionDays", [("logRetentionDays", "7")] },
        { "keyDeletionWindowDays", [("keyDeletionWindowDays", "7")] },
        { "nodeCpuLimit", [("nodeCpuLimit", "8")] },
        { "nodeMaintenanceWindow", [("nodeMaintenanceWindow", "02:00-06:00")] },
        { "metricsServer", [("metricsServer", "true")] },
        { "vpcId", [("vpcId", "vpc-00000001")] },
        { "hostedZoneId", [("hostedZoneId", Zone)] },
        { "requesterRoleArn", [("requesterRoleArn", RoleOf("123456789012"))] },
        { "distributorRoleArn", [("distributorRoleArn", RoleOf("123456789012"))] },
        { "zones", [("zones", "2")] },
        { "natGateways", [("natGateways", "perZone")] },
        { "flowLogs", [("flowLogs", "all")] },
        { "gatewayScheme", [("gatewayScheme", "internal")] },
        { "gatewayAllowedCidrs", [("gatewayAllowedCidrs", """["203.0.113.0/24"]""")] },
        { "tlsCertificateArn", [("tlsCertificateArn", "arn:aws:acm:ap-southeast-2:123456789012:certificate/12345678-1234-1234-1234-123456789012")] },
    };

    private static string RoleOf(string account) => $"arn:aws:iam::{account}:role/gopher";

    [Theory]
    [MemberData(nameof(Sound))]
    public void Accepts(string stage, (string, string)[] changes)
    {
        Assert.NotEmpty(stage);
        StackSettings.Read(StackFiles.Dev(changes));
    }

    [Theory]
    [MemberData(nameof(Contradictory))]
    public void Rejects(string key, (string, string)[] changes) =>
        Assert.Equal($"gopher-mesh:{key}", Assert.Single(StackFiles.Dev(changes).Errors()).Key);

    [Theory]
    [MemberData(nameof(ContradictoryOnAnExistingCluster))]
    public void Rejects_on_an_existing_cluster(string key, (string, string)[] changes) =>
        Assert.Equal($"gopher-mesh:{key}", Assert.Single(StackFiles.Local(changes).Errors()).Key);

    [Fact]
    public void Accepts_defaults_that_the_engine_adds_though_they_have_no_effect()
    {
        var defaults = StackSettings.Keys.Select(key => (key.Name, key.Default)).ToArray();
        Assert.Equal(StackFiles.Dev().Read().Gophers, StackFiles.Dev(defaults).Read().Gophers);
        StackFiles.Local([.. defaults.Where(entry => !StackFiles.Local().ContainsKey($"gopher-mesh:{entry.Name}"))]).Read();
    }

    [Fact]
    public void Reports_everything_at_once()
    {
        var config = StackFiles.Dev(
            ("canaryWeight", "101"), ("canaryVersion", "v9"), ("distributorReplicas", "0"), ("canaryWieght", "5"), ("vpcCidr", ""));

        var message = Assert.Throws<SettingsException>(() => StackSettings.Read(config)).Message;

        Assert.Equal(
            """
            5 settings are wrong; nothing was declared:
              gopher-mesh:canaryWeight: found 101; use a whole number from 0 to 100
              gopher-mesh:vpcCidr: found ""; use an IPv4 block such as 10.0.0.0/22: four numbers, a prefix of 16 to 22 bits, no bit set beyond the prefix
              gopher-mesh:distributorReplicas: found 0; use a whole number from 1 to 100
              gopher-mesh:canaryVersion: found v9; use one of versions (v1, v2), or add it there
              gopher-mesh:canaryWieght: found 5; remove it: there is no such setting; the nearest is gopher-mesh:canaryWeight
            """,
            message);
    }

    [Theory]
    [InlineData("zone", "zones")]
    [InlineData("CANARYWEIGHT", "canaryWeight")]
    [InlineData("natGatways", "natGateways")]
    public void Suggests_a_setting_with_a_similar_name(string key, string near) =>
        Assert.EndsWith($"the nearest is gopher-mesh:{near}", Assert.Single(StackFiles.Dev((key, "x")).Errors()).Remedy, StringComparison.Ordinal);

    [Theory]
    [InlineData("foo")]
    [InlineData("weight")]
    [InlineData("gatewayCidrs")]
    public void Suggests_nothing_where_no_setting_is_near(string key) =>
        Assert.Equal(
            "remove it: there is no such setting; docs/settings.md lists them all", Assert.Single(StackFiles.Dev((key, "x")).Errors()).Remedy);

    [Fact]
    public void Ignores_the_keys_of_other_projects() =>
        StackSettings.Read(new Dictionary<string, string> { ["aws:region"] = "ap-southeast-2", ["gopher-mesher:x"] = "1" });

    [Fact]
    public void Shows_a_value_on_one_line_whatever_is_in_it()
    {
        var message = Assert.Throws<SettingsException>(() => StackSettings.Read(StackFiles.Dev(("namespace", "a\nb" + new string('c', 5000))))).Message;
        Assert.Equal(2, message.Split('\n').Length);
        Assert.Contains("""found "a\nbccc""", message, StringComparison.Ordinal);
        Assert.True(message.Length < 400);
    }
}
