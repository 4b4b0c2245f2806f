using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// Inputs that take certain values alone: AWS and Auto Mode's kinds refuse others at the deployment, some after a quarter of an hour. From the API references of
/// the services, and the schemas of Karpenter's and EKS' kinds (2026-11).
/// </summary>
internal static class KnownValues
{
    private const string List = "[]";

    private static readonly Dictionary<string, IReadOnlyList<Known>> Table = new()
    {
        ["aws:cloudwatch/logGroup:LogGroup"] =
        [
            Known.OneOf("retentionInDays", "0", "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192", "2557", "2922", "3288", "3653"),
            Known.OneOf("logGroupClass", "STANDARD", "INFREQUENT_ACCESS", "DELIVERY"),
            Known.Like("name", "[-._/#A-Za-z0-9]{1,512}"),
        ],
        ["aws:ec2/vpc:Vpc"] = [Known.OneOf("instanceTenancy", "default", "dedicated")],
        ["aws:ec2/eip:Eip"] = [Known.OneOf("domain", "vpc")],
        ["aws:ec2/natGateway:NatGateway"] = [Known.OneOf("connectivityType", "public", "private")],
        ["aws:ec2/vpcEndpoint:VpcEndpoint"] =
        [
            Known.OneOf("vpcEndpointType", "Gateway", "Interface", "GatewayLoadBalancer", "Resource", "ServiceNetwork"),
            Known.Like("serviceName", @"((cn\.)?com\.amazonaws|aws\.api|aws\.sagemaker)\.[-.a-z0-9]+"),
        ],
        ["aws:ec2/flowLog:FlowLog"] =
        [
            Known.OneOf("trafficType", "ACCEPT", "REJECT", "ALL"), Known.OneOf("maxAggregationInterval", "60", "600"),
            Known.OneOf("logDestinationType", "cloud-watch-logs", "s3", "kinesis-data-firehose"),
        ],
        ["aws:kms/key:Key"] =
        [
            Known.Between("deletionWindowInDays", 7, 30), Known.Between("rotationPeriodInDays", 90, 2560),
            Known.OneOf("keyUsage", "ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"),
        ],
        ["aws:kms/alias:Alias"] = [Known.Like("name", "alias/(?!aws/)[-_/A-Za-z0-9]+")],
        ["aws:iam/role:Role"] = [Known.Between("maxSessionDuration", 3600, 43200), Known.Like("path", "/([!-~]+/)?")],
        ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"] = [Known.Like("policyArn", @"arn:aws[-a-z]*:iam::(aws|\d{12}):policy/.+|arn:aws:iam:.+")],
        ["aws:ecr/repository:Repository"] =
        [
            Known.Like("name", "[a-z0-9]+([-._/][a-z0-9]+)*"), Known.OneOf("encryptionConfigurations.encryptionType", "AES256", "KMS", "KMS_DSSE"),
            Known.OneOf("imageTagMutability", "MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"),
            Known.OneOf("imageTagMutabilityExclusionFilters.filterType", "WILDCARD"),
        ],
        ["aws:acm/certificate:Certificate"] = [Known.OneOf("validationMethod", "DNS", "EMAIL", "NONE")],
        ["aws:route53/record:Record"] = [Known.OneOf("type", "A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT")],
        ["aws:eks/addon:Addon"] = [Known.OneOf("resolveConflictsOnCreate", "NONE", "OVERWRITE"), Known.OneOf("resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE")],
        ["eks:index:Cluster"] =
        [
            Known.Like("name", "[0-9A-Za-z][-_0-9A-Za-z]{0,99}"), Known.Like("version", @"1\.\d+"),
            Known.OneOf("authenticationMode", "API", "API_AND_CONFIG_MAP", "CONFIG_MAP"), Known.OneOf("upgradePolicy.supportType", "STANDARD", "EXTENDED"),
            Known.OneOf("enabledClusterLogTypes", "api", "audit", "authenticator", "controllerManager", "scheduler"), Known.OneOf("ipFamily", "ipv4", "ipv6"),
            Known.OneOf("autoMode.computeConfig.nodePools", "general-purpose", "system"), Known.OneOf("accessEntries.*.accessPolicies.*.accessScope.type", "cluster", "namespace"),
            Known.OneOf("accessEntries.*.type", "STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"),
            Known.Like("accessEntries.*.accessPolicies.*.policyArn", "arn:aws[-a-z]*:eks::aws:cluster-access-policy/Amazon(EKS|AIOps|Sage[Mm]aker|ARC).+Policy(V2)?"),
            Known.OneOf("corednsAddonOptions.resolveConflictsOnCreate", "NONE", "OVERWRITE"), Known.OneOf("corednsAddonOptions.resolveConflictsOnUpdate", "NONE", "OVERWRITE", "PRESERVE"),
        ],
        ["pulumi:providers:aws"] = [Known.Like("region", @"[a-z]{2}(-[a-z]+)+-\d")],
        ["ConfigMap"] = [Known.OneOf("apiVersion", "v1")],
        ["StorageClass"] =
        [
            Known.OneOf("apiVersion", "storage.k8s.io/v1"), Known.OneOf("reclaimPolicy", "Delete", "Retain"), Known.OneOf("volumeBindingMode", "WaitForFirstConsumer", "Immediate"),
            Known.OneOf("parameters.type", "gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"), Known.OneOf("parameters.encrypted", "true", "false"),
        ],
        ["NodeClass"] =
        [
            Known.OneOf("apiVersion", "eks.amazonaws.com/v1"), Known.OneOf("spec.networkPolicy", "DefaultAllow", "DefaultDeny"), Known.OneOf("spec.networkPolicyEventLogs", "Enabled", "Disabled"), Known.OneOf("spec.snatPolicy", "Random", "Disabled"),
            Known.Between("spec.ephemeralStorage.iops", 3000, 16000), Known.Between("spec.ephemeralStorage.throughput", 125, 1000),
        ],
        ["NodePool"] =
        [
            Known.OneOf("apiVersion", "karpenter.sh/v1", "karpenter.sh/v1beta1"), Known.Like("spec.limits.*", @"\d+(\.\d+)?([kMGTP]i?|m)?"), Known.OneOf("spec.disruption.consolidationPolicy", "WhenEmpty", "WhenEmptyOrUnderutilized"), Known.Between("spec.weight", 1, 100),
            Known.OneOf("spec.template.spec.requirements.operator", "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"),
            Known.OneOf("spec.template.spec.taints.effect", "NoSchedule", "PreferNoSchedule", "NoExecute"), Known.OneOf("spec.template.spec.startupTaints.effect", "NoSchedule", "PreferNoSchedule", "NoExecute"),
            Known.OneOf("spec.disruption.budgets.reasons", "Underutilized", "Empty", "Drifted"), Known.Like("spec.disruption.budgets.nodes", @"(100|\d{1,2})%|\d+"),
            Known.Like("spec.disruption.budgets.duration", @"(\d+h(\d+m)?|\d+m)(0s)?"), Known.Like("spec.disruption.budgets.schedule", @"@(annually|yearly|monthly|weekly|daily|midnight|hourly)|\S+( \S+){4}"),
            Known.Time("spec.disruption.consolidateAfter", "|Never"), Known.Time("spec.template.spec.expireAfter", "|Never"), Known.Time("spec.template.spec.terminationGracePeriod", ""),
        ],
    };

    // What AWS or the schema refuses to do without, or what without it is a choice of AWS' that costs or opens more: a path, or one of some, within whatever has the rest of it.
    private static readonly Dictionary<string, string[]> Needed = new()
    {
        ["pulumi:providers:aws"] = ["region"],
        ["aws:ec2/vpc:Vpc"] = ["cidrBlock|ipv4IpamPoolId"],
        ["aws:ec2/subnet:Subnet"] = ["vpcId", "cidrBlock|ipv4IpamPoolId", "availabilityZone|availabilityZoneId"],
        ["aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"] = ["vpcId"],
        ["aws:ec2/internetGateway:InternetGateway"] = ["vpcId"],
        ["aws:ec2/routeTable:RouteTable"] = ["vpcId"],
        ["aws:ec2/routeTableAssociation:RouteTableAssociation"] = ["routeTableId", "subnetId|gatewayId"],
        ["aws:ec2/route:Route"] =
        [
            "routeTableId", "destinationCidrBlock|destinationIpv6CidrBlock|destinationPrefixListId",
            "gatewayId|natGatewayId|transitGatewayId|vpcPeeringConnectionId|networkInterfaceId|egressOnlyGatewayId|vpcEndpointId|coreNetworkArn|localGatewayId|carrierGatewayId",
        ],
        ["aws:ec2/natGateway:NatGateway"] = ["subnetId"],
        ["aws:ec2/vpcEndpoint:VpcEndpoint"] = ["vpcId", "serviceName"],
        ["aws:ec2/flowLog:FlowLog"] = ["vpcId|subnetId|eniId|transitGatewayId", "logDestination|logGroupName", "trafficType|transitGatewayId", "iamRoleArn|logDestinationType"],
        ["aws:iam/role:Role"] = ["assumeRolePolicy"],
        ["aws:iam/rolePolicy:RolePolicy"] = ["role", "policy"],
        ["aws:iam/rolePolicyAttachment:RolePolicyAttachment"] = ["role", "policyArn"],
        ["aws:ecr/lifecyclePolicy:LifecyclePolicy"] = ["repository", "policy"],
        ["aws:ecr/repository:Repository"] = ["imageTagMutabilityExclusionFilters[].filter", "imageTagMutabilityExclusionFilters[].filterType"],
        ["eks:index:Cluster"] =
        [
            "vpcId", "privateSubnetIds|subnetIds|publicSubnetIds", "version", "authenticationMode", "upgradePolicy.supportType", "endpointPrivateAccess",
            "accessEntries.*.principalArn", "accessEntries.*.accessPolicies.*.policyArn", "accessEntries.*.accessPolicies.*.accessScope.type",
        ],
        ["StorageClass"] = ["provisioner"],
        ["NodeClass"] = ["spec.subnetSelectorTerms[].id|tags", "spec.securityGroupSelectorTerms[].id|tags|name"],
        ["NodePool"] =
        [
            "spec.template.spec.requirements", "spec.template.spec.requirements[].key", "spec.template.spec.requirements[].operator",
            "spec.template.spec.nodeClassRef.group", "spec.template.spec.nodeClassRef.kind", "spec.template.spec.nodeClassRef.name",
        ],
    };

    public static PolicyRule Rule { get; } = new(
        "known-value", Severity.Error, "What AWS, EKS and Karpenter choose from has a value that they take, and what they need has one.",
        stack => OfValues(stack).Concat(OfNeeds(stack)));

    private static IEnumerable<Violation> OfNeeds(RenderedStack stack) =>
        from thing in AwsReferences.Things(stack)
        where Needed.ContainsKey(thing.Type)
        from need in Needed[thing.Type]
        let dot = need.Split('|')[0].LastIndexOf('.')
        let names = need[(dot + 1)..].Split('|')
        from holder in Holders(thing.Body, dot < 0 ? [] : need[..dot].Split('.'))
        where !names.Any(name => holder.Node.Member(name) is not null)
        select new Violation(thing.Name, $"{(holder.Path.Length == 0 ? "" : $"{holder.Path}.")}{string.Join(" or ", names)} is not set", "Set it: AWS needs it, or chooses what costs or opens more.");

    // What is to hold a member: items of a list, all members for a star, or one that may not be there itself.
    private static IEnumerable<(string Path, JsonNode? Node)> Holders(JsonNode root, string[] steps) =>
        steps.Aggregate<string, IEnumerable<(string Path, JsonNode? Node)>>([("", root)], (holders, step) => holders.SelectMany(holder => Members(holder, step)));

    private static IEnumerable<(string Path, JsonNode? Node)> Members((string Path, JsonNode? Node) holder, string step) =>
        step == "*" ? (holder.Node as JsonObject ?? []).Select(member => (Join(holder.Path, member.Key), member.Value))
        : step.EndsWith(List, StringComparison.Ordinal) ? holder.Node.Items(step[..^List.Length]).Index().Select(item => ($"{Join(holder.Path, step[..^List.Length])}[{item.Index}]", (JsonNode?)item.Item))
        : [(Join(holder.Path, step), holder.Node.Member(step))];

    private static string Join(string path, string step) => path.Length == 0 ? step : $"{path}.{step}";

    private static IEnumerable<Violation> OfValues(RenderedStack stack) =>
        from thing in AwsReferences.Things(stack)
        where Table.ContainsKey(thing.Type)
        from found in thing.Body.Walk()
        where found.Node is JsonValue
        let known = Table[thing.Type].FirstOrDefault(known => AwsReferences.IsAt(known.Path, found.Path))
        let text = found.Node.AsText() ?? found.Node.ToJsonString()
        where known is not null && !known.IsTaken(text)
        select new Violation(thing.Name, $"{found.Path} is {text}, which is not taken", $"Use {known.Takes}.");

    private sealed record Known(string Path, Func<string, bool> IsTaken, string Takes)
    {
        public static Known OneOf(string path, params string[] values) => new(path, values.Contains, $"{string.Join(", ", values[..^1])}{(values.Length > 1 ? " or " : "")}{values[^1]}");

        public static Known Between(string path, long least, long most) =>
            new(path, text => long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most, $"a whole number from {least} to {most}");

        public static Known Like(string path, string pattern) => new(path, text => Regex.IsMatch(text, $@"\A(?:{pattern})\z", RegexOptions.CultureInvariant), $"what matches {pattern}");

        public static Known Time(string path, string more) => Like(path, $@"(\d+[smh])+{more}");
    }
}
