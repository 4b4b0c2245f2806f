using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

public sealed class CloudRuleTests
{
    private const string Cluster = "eks:index:Cluster cluster";
    private const string PlainCluster = "aws:eks/cluster:Cluster other";
    private const string Ecr = "aws:ecr/repository:Repository gopher-requester";
    private const string Key = "aws:kms/key:Key cluster";
    private const string DefaultGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup cluster";
    private const string Gateway = "kubernetes:helm.sh/v3:Release istio-ingressgateway";
    private const string GatewayName = "Helm release istio-ingressgateway";
    private const string Nlb = "values/service/annotations/service.beta.kubernetes.io~1aws-load-balancer-";
    private const string Vpc = "aws:ec2/vpc:Vpc cluster";
    private const string Private = "aws:ec2/subnet:Subnet cluster-private-2";
    private const string Public = "aws:ec2/subnet:Subnet cluster-public-1";
    private const string ClusterRole = "aws:iam/role:Role cluster-cluster";
    private const string NodeRole = "aws:iam/role:Role cluster-nodes";
    private const string LogRole = "aws:iam/role:Role cluster-flow-logs";
    private const string LogPolicy = "aws:iam/rolePolicy:RolePolicy cluster-flow-logs";
    private const string ClusterPolicy = "aws:iam/rolePolicy:RolePolicy cluster-cluster";
    private const string Lifecycle = "aws:ecr/lifecyclePolicy:LifecyclePolicy gopher-requester";
    private const string Endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint cluster-s3";
    private const string FlowLog = "aws:ec2/flowLog:FlowLog cluster";
    private const string NodeClass = "kubernetes:eks.amazonaws.com/v1:NodeClass cluster";
    private const string NodePool = "kubernetes:karpenter.sh/v1:NodePool cluster";
    private const string NodeClassName = "NodeClass gopher-mesh";
    private const string NodePoolName = "NodePool gopher-mesh";
    private const string Requirements = "spec/template/spec/requirements";
    private const string Account = """ "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}} """;

    /// <summary>The rule, the resource that is changed, the path and its value, and the resource and the words of the finding.</summary>
    public static TheoryData<string, string, string, string?, string, string> Faults => new()
    {
        { "address-plan", Public, "cidrBlock", "\"10.0.128.0/20\"", "aws:ec2/subnet:Subnet cluster-private-2", "overlaps that of aws:ec2/subnet:Subnet cluster-public-1" },
        { "address-plan", Public, "cidrBlock", "\"10.1.0.0/20\"", Public, "not within its VPC's 10.0.0.0/16" },
        { "address-plan", Public, "cidrBlock", "\"10.0.208.0/29\"", Public, "29 bits" },
        { "address-plan", Public, "cidrBlock", "\"10.0.208.1/20\"", Public, "no block of IPv4 addresses" },
        { "address-plan", Private, "cidrBlock", "\"10.0.128.0/27\"", Private, "27 addresses for nodes" },
        { "address-plan", Vpc, "cidrBlock", "\"10.0.0.0/8\"", Vpc, "8 bits" },
        { "address-plan", Vpc, "cidrBlock", "\"11.0.0.0/16\"", Vpc, "addresses of others" },
        { "address-plan", Cluster, "kubernetesServiceIpAddressRange", "\"10.0.0.0/20\"", Cluster, "overlaps the VPC's" },
        { "address-plan", "aws:ec2/route:Route cluster-public", "destinationCidrBlock", "\"0.0.0.0\"", "aws:ec2/route:Route cluster-public", "no block of addresses" },
        { "network-paths", "aws:ec2/routeTableAssociation:RouteTableAssociation cluster-private-2", "routeTableId", "\"cluster-public-id\"", Private, "no way out" },
        { "network-paths", "aws:ec2/routeTableAssociation:RouteTableAssociation cluster-public-1", "routeTableId", "\"cluster-private-0-id\"", Public, "nobody reaches a load balancer" },
        { "network-paths", "aws:ec2/route:Route cluster-private-2", "destinationCidrBlock", "\"10.0.0.0/8\"", Private, "neither AWS nor a registry" },
        { "network-paths", Cluster, "privateSubnetIds/0", "\"cluster-public-0-id\"", "aws:ec2/subnet:Subnet cluster-public-0", "no way out" },
        { "network-paths", NodeClass, "spec/subnetSelectorTerms/0/id", "\"cluster-public-0-id\"", "aws:ec2/subnet:Subnet cluster-public-0", "no way out" },
        { "network-paths", Private, "tags/kubernetes.io~1role~1elb", "\"1\"", Private, "does not lead to the internet" },
        { "network-paths", Public, "tags/kubernetes.io~1role~1elb", "\"yes\"", Public, "only 1 counts" },
        { "network-paths", Endpoint, "vpcEndpointType", "\"Interface\"", Endpoint, "only the type Gateway takes" },
        { "network-paths", Endpoint, "serviceName", "\"com.amazonaws.ap-southeast-2.ecr.dkr\"", Endpoint, "does not have" },
        { "network-paths", Endpoint, "routeTableIds", "[]", Endpoint, "no route table" },
        { "network-paths", "aws:ec2/route:Route cluster-private-2", "routeTableId", "\"cluster-private-1-id\"", "aws:ec2/route:Route cluster-private-2", "AWS takes one" },
        { "unlike-siblings", Private, "tags", """{"Name":"other","kubernetes.io/role/internal-elb":"1"}""", Private, "tags.Name" },
        { "unlike-siblings", Private, "cidrBlock", "\"10.0.128.0/19\"", Private, "unlike that of cluster-private-0, cluster-private-1" },
        { "unlike-siblings", Private, "availabilityZone", "\"ap-southeast-2b\"", Private, "as cluster-private-1 is" },
        { "unlike-siblings", Cluster, "publicSubnetIds", """["cluster-public-0-id","cluster-public-2-id"]""", Cluster, "names cluster-public-0, and not cluster-public-1" },
        { "unlike-siblings", NodeClass, "spec/subnetSelectorTerms", """[{"id":"cluster-private-0-id"},{"id":"cluster-private-1-id"}]""", NodeClassName, "and not cluster-private-2" },
        { "unlike-siblings", NodeClass, "spec/tags/owner", null, NodeClassName, "its tag owner is not set" },
        { "unlike-siblings", Gateway, $"{Nlb}additional-resource-tags", "\"managed-by=pulumi,owner=gopher-mesh,project=gopher-mesh,stack=prod\"", GatewayName, "its tag stack is prod" },
        { "unlike-siblings", Endpoint, "routeTableIds", """["cluster-private-0-id","cluster-private-1-id"]""", Endpoint, "cluster-private-2 is not among" },
        { "aws-reference", Endpoint, "serviceName", "\"com.amazonaws.us-east-1.s3\"", Endpoint, "of the region us-east-1" },
        { "aws-reference", Private, "availabilityZone", "\"eu-west-1c\"", Private, "of the region eu-west-1" },
        { "aws-reference", Cluster, "encryptionConfigKeyArn", "\"arn:aws:kms:us-east-1:123456789012:key/a\"", Cluster, "of the region us-east-1" },
        { "aws-reference", ClusterRole, "permissionsBoundary", "\"arn:aws-cn:iam::111122223333:policy/a\"", ClusterRole, "begin with arn:aws" },
        { "aws-reference", "aws:ec2/route:Route cluster-private-1", "natGatewayId", "\"cluster-id\"", "aws:ec2/route:Route cluster-private-1", "no declared NatGateway" },
        { "aws-reference", Cluster, "vpcId", "\"other-id\"", Cluster, "no declared Vpc" },
        { "aws-reference", Cluster, "vpcId", "\"cluster-vpc\"", Cluster, "no declared Vpc" },
        { "aws-reference", "pulumi:providers:kubernetes cluster", "clusterIdentifier", "\"eks/ap-southeast-2/other\"", "pulumi:providers:kubernetes cluster", "the cluster other" },
        { "aws-reference", NodeClass, "spec/role", "\"nobody\"", NodeClassName, "no declared Role" },
        { "aws-reference", FlowLog, "logDestination", "\"arn:aws:cloudwatch:ap-southeast-2:123456789012:other\"", FlowLog, "no declared LogGroup" },
        { "aws-reference", "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "name", "\"/aws/eks/gopher-mesh-dev/cluster\"", "aws:cloudwatch/logGroup:LogGroup cluster-control-plane", "both have the name" },
        { "known-value", "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "retentionInDays", "31", "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "retentionInDays is 31" },
        { "known-value", "pulumi:providers:aws aws", "region", "\"sydney\"", "pulumi:providers:aws aws", "region is sydney" },
        { "known-value", NodePool, "spec/limits/cpu", "\"16 CPUs\"", NodePoolName, "16 CPUs" },
        { "known-value", NodeClass, "apiVersion", "\"eks.amazonaws.com/v2\"", NodeClassName, "apiVersion" },
        { "known-value", FlowLog, "vpcId", null, FlowLog, "vpcId or subnetId" },
        { "known-value", Cluster, "upgradePolicy", null, Cluster, "upgradePolicy.supportType is not set" },
        { "known-value", Cluster, "accessEntries/nodes/accessPolicies/AmazonEKSAutoNodePolicy/accessScope", null, Cluster, "accessEntries.nodes.accessPolicies.AmazonEKSAutoNodePolicy.accessScope.type is not set" },
        { "known-value", NodePool, $"{Requirements}/0", """{"key":"kubernetes.io/arch","values":["amd64"]}""", NodePoolName, "requirements[0].operator is not set" },
        { "known-value", Key, "deletionWindowInDays", "60", Key, "deletionWindowInDays is 60" },
        { "known-value", FlowLog, "trafficType", "\"REJECTED\"", FlowLog, "trafficType is REJECTED" },
        { "known-value", "aws:kms/alias:Alias cluster", "name", "\"gopher-mesh-dev\"", "aws:kms/alias:Alias cluster", "name is gopher-mesh-dev" },
        { "known-value", Cluster, "accessEntries/nodes/accessPolicies/AmazonEKSAutoNodePolicy/accessScope/type", "\"all\"", Cluster, "accessScope.type is all" },
        { "known-value", NodePool, "spec/disruption/consolidationPolicy", "\"WhenUnderutilized\"", NodePoolName, "WhenUnderutilized" },
        { "known-value", NodePool, "spec/disruption/consolidateAfter", "\"5 minutes\"", NodePoolName, "5 minutes" },
        { "known-value", NodePool, $"{Requirements}/0/operator", "\"Is\"", NodePoolName, "operator is Is" },
        { "image-scan", Lifecycle, "policy", Policy("any", "imageCountMoreThan", 3), Lifecycle, "keeps 3 images" },
        { "image-scan", Lifecycle, "policy", Policy("any", "sinceImagePushed", 30, """ ,"countUnit":"days" """), Lifecycle, "by their age" },
        { "image-scan", Lifecycle, "policy", Policy("any", "sinceImagePushed", 30), Lifecycle, "no countUnit" },
        { "image-scan", Lifecycle, "policy", Policy("all", "imageCountMoreThan", 300), Lifecycle, "tagStatus all" },
        { "image-scan", Lifecycle, "policy", Policy("tagged", "imageCountMoreThan", 300), Lifecycle, "patterns of tags" },
        { "image-scan", Lifecycle, "repository", "\"gopher-distributor\"", Ecr, "no lifecycle policy" },
        { "control-plane", Cluster, "autoMode/enabled", "false", Cluster, "autoMode.enabled is not true" },
        { "control-plane", Cluster, "autoMode/createNodeRole", "true", Cluster, "EKS refuses it" },
        { "control-plane", Cluster, "autoMode/computeConfig", null, Cluster, "EKS makes both of its pools" },
        { "control-plane", "command:local:Command cluster-control-plane-logs", "environment/TYPES", "\"api,audit\"", "command:local:Command cluster-control-plane-logs", "it leaves on authenticator" },
        { "control-plane", Cluster, "skipDefaultNodeGroup", "false", Cluster, "skipDefaultNodeGroup" },
        { "control-plane", Cluster, "version", "\"1.99\"", Cluster, "1.99 is not in standard support" },
        { "service-role", NodeClass, "spec/role", "\"cluster-cluster\"", ClusterRole, "does not let ec2.amazonaws.com" },
        { "service-role", ClusterRole, "assumeRolePolicy", Trust("eks", Account, "sts:AssumeRole"), ClusterRole, "do sts:TagSession" },
        { "service-role", LogRole, "assumeRolePolicy", Trust("ec2", Account, "sts:AssumeRole"), LogRole, "does not let vpc-flow-logs.amazonaws.com" },
        { "service-role", LogPolicy, "policy", Grant("logs:PutLogEvents", "arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-flow-logs:*"), LogRole, "may not do logs:CreateLogStream" },
        { "service-role", LogPolicy, "policy", Grant("logs:*Log*", "arn:aws:cloudwatch:ap-southeast-2:123456789012:cluster-control-plane:*"), LogRole, "to which aws:ec2/flowLog:FlowLog cluster writes" },
        { "service-role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment cluster-nodes-AmazonEC2ContainerRegistryPullOnly", "role", "\"cluster-cluster\"", NodeRole, "has no AmazonEC2ContainerRegistryPullOnly" },
        { "service-role", Cluster, "accessEntries/nodes/type", "\"STANDARD\"", Cluster, "its type is STANDARD" },
        { "service-role", Cluster, "accessEntries/nodes/type", null, Cluster, "which means STANDARD" },
        { "service-role", Cluster, "accessEntries", "{}", Cluster, "has none for" },
        { "service-role", Cluster, "accessEntries", null, Cluster, "has none for" },
        { "service-role", ClusterPolicy, "role", "\"cluster-nodes\"", ClusterRole, "may not do ec2:CreateFleet" },
        { "service-role", Cluster, "accessEntries/nodes/accessPolicies/AmazonEKSAutoNodePolicy/policyArn", "\"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy\"", Cluster, "has no AmazonEKSAutoNodePolicy" },
        { "service-role", Cluster, "accessEntries/other", """{"principalArn":"arn:aws:iam:ap-southeast-2:123456789012:cluster-nodes","type":"EC2","accessPolicies":{"a":{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"} } }""", Cluster, "of the same principal" },
        { "policy-language", ClusterRole, "assumeRolePolicy", Trust("eks", """ "Condition":{"StringEquals":{"aws:SourceAccount":"999999999999"}} """, "sts:AssumeRole", "sts:TagSession"), ClusterRole, "the account 999999999999" },
        { "policy-language", ClusterRole, "assumeRolePolicy", Trust("eks", """ "Condition":{"StringEqual":{"aws:SourceAccount":"123456789012"}} """, "sts:AssumeRole", "sts:TagSession"), ClusterRole, "by StringEqual" },
        { "policy-language", LogPolicy, "policy", "\"{\"", LogPolicy, "is not JSON" },
        { "policy-language", ClusterPolicy, "policy", """ "{\"Version\":\"2008-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ec2:CreateFleet\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\"aws:RequestTag/a\":\"${aws:PrincipalTag/a}\"}}}]}" """, ClusterPolicy, "plain text in the version" },
        { "role-trust", ClusterRole, "assumeRolePolicy", Trust("eks", """ "Condition":{"StringLike":{"aws:SourceAccount":"*"}} """, "sts:AssumeRole", "sts:TagSession"), ClusterRole, "confused deputy" },
        { "role-grants", ClusterPolicy, "policy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}]}" """, ClusterPolicy, "all but what it names" },
        { "role-grants", ClusterPolicy, "policy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ec2:RunInstances\",\"Resource\":\"*\",\"Condition\":{\"StringLike\":{\"aws:RequestTag/a\":\"*\"}}}]}" """, ClusterPolicy, "under no condition" },
        { "node-pool", NodePool, "spec/template/spec/terminationGracePeriod", "\"60s\"", NodePoolName, "gives its pods 360 s" },
        { "node-pool", NodePool, "spec/template/spec/expireAfter", "\"720h\"", NodePoolName, "after 21 days" },
        { "node-pool", NodePool, "spec/template/spec/expireAfter", "\"10m\"", NodePoolName, "moved all the time" },
        { "node-pool", NodePool, "spec/template/spec/nodeClassRef/kind", "\"EC2NodeClass\"", NodePoolName, "EC2NodeClass gopher-mesh" },
        { "node-pool", NodePool, "spec/template/spec/nodeClassRef/group", "\"karpenter.k8s.aws\"", NodePoolName, "of karpenter.k8s.aws" },
        { "node-pool", NodePool, "spec/disruption/budgets", """[{"nodes":"80%"}]""", NodePoolName, "most nodes may be replaced" },
        { "node-pool", NodePool, "spec/disruption/budgets", """[{"nodes":"0","schedule":"@daily","duration":"24h"}]""", NodePoolName, "no node is ever replaced" },
        { "node-pool", NodePool, "spec/disruption/budgets", """[{"nodes":"0","schedule":"@daily"}]""", NodePoolName, "without the other" },
        { "node-pool", NodeClass, "spec/networkPolicy", null, NodeClassName, "no NetworkPolicy is obeyed" },
        { "node-pool", NodeClass, "spec/securityGroupSelectorTerms", "[]", NodeClassName, "no security groups" },
        { "node-pool", NodeClass, "spec/securityGroupSelectorTerms/0/id", "\"cluster-id\"", NodeClassName, "none that lets nodes reach" },
        { "node-pool", NodeClass, "spec/subnetSelectorTerms", "[]", NodeClassName, "selects no subnets" },
        { "node-pool", NodeClass, "spec/tags/karpenter.sh~1nodepool", "\"a\"", NodeClassName, "EKS' own" },
        { "node-pool", "kubernetes:core/v1:ConfigMap cluster-network-policy", "metadata/name", "\"aws-vpc-cni\"", NodeClassName, "no ConfigMap" },
        { "unpublished-image", "command:local:Command gopher-requester-image", "environment/TAG", "\"src-0\"", "Deployment gophers/gopher-requester", "does not build its image" },
        { "node-pool", NodePool, "spec/limits", """{"memory":"64Gi"}""", NodePoolName, "no limits of CPUs" },
        { "node-pool", NodeClass, "spec/securityGroupSelectorTerms/0/id", "\"sg-other-cluster\"", NodeClassName, "none that lets nodes reach" },
        { "no-node", NodePool, "spec/limits/cpu", "\"1\"", NodePoolName, "none of its smallest nodes" },
        { "no-node", NodePool, "spec/limits/cpu", "\"3\"", NodePoolName, "pods want 2 zones" },
        { "no-node", NodePool, "spec/limits/memory", "\"256Mi\"", NodePoolName, "of memory" },
        { "node-requirement", NodePool, $"{Requirements}/0/values", """["x86_64"]""", NodePoolName, "has x86_64, which no node has" },
        { "node-requirement", NodePool, $"{Requirements}/2/key", "\"karpenter.k8s.aws/instance-category\"", NodePoolName, "no label of Auto Mode's nodes" },
        { "node-requirement", NodePool, $"{Requirements}/3", """{"key":"eks.amazonaws.com/instance-cpu","operator":"Gt","values":["2","4"]}""", NodePoolName, "takes one number" },
        { "node-requirement", NodePool, $"{Requirements}/1", """{"key":"kubernetes.io/arch","operator":"NotIn","values":["amd64","arm64"]}""", NodePoolName, "no value of kubernetes.io/arch" },
        { "node-requirement", NodePool, $"{Requirements}/1", """{"key":"topology.kubernetes.io/zone","operator":"In","values":["ap-southeast-2a","ap-southeast-2d"]}""", NodePoolName, "has ap-southeast-2d" },
        { "load-balancer", Gateway, "values/service/loadBalancerClass", "\"service.k8s.aws/nlb\"", GatewayName, "loadBalancerClass is service.k8s.aws/nlb" },
        { "load-balancer", Gateway, "values/service/type", "\"ClusterIP\"", GatewayName, "its type is ClusterIP" },
        { "load-balancer", Gateway, $"{Nlb}nlb-target-type", "\"instance\"", GatewayName, "no node ports" },
        { "load-balancer", Gateway, $"{Nlb}nlb-target-typ", "\"ip\"", GatewayName, "nlb-target-typ, which Auto Mode does not know" },
        { "load-balancer", Gateway, $"{Nlb}type", "\"external\"", GatewayName, "spec.loadBalancerClass is in its place" },
        { "load-balancer", Gateway, "values/service/annotations/service.kubernetes.io~1aws-load-balancer-name", "\"a\"", GatewayName, "which Auto Mode does not know" },
        { "load-balancer", Gateway, $"{Nlb}scheme", "\"public\"", GatewayName, "scheme is public" },
        { "load-balancer", Gateway, $"{Nlb}scheme", null, GatewayName, "scheme is not set" },
        { "load-balancer", Gateway, $"{Nlb}healthcheck-port", "\"15023\"", GatewayName, "no target is healthy" },
        { "load-balancer", Gateway, $"{Nlb}healthcheck-path", "\"/ready\"", GatewayName, "no target is healthy" },
        { "load-balancer", Gateway, $"{Nlb}healthcheck-interval", "\"301\"", GatewayName, "healthcheck-interval is 301" },
        { "load-balancer", Gateway, $"{Nlb}healthcheck-timeout", "\"30\"", GatewayName, "waits 30 s every 10 s" },
        { "load-balancer", Gateway, $"{Nlb}attributes", "\"load_balancing.cross_zone.enable=true\"", GatewayName, "load_balancing.cross_zone.enable, which there is not" },
        { "load-balancer", Gateway, $"{Nlb}attributes", "\"load_balancing.cross_zone.enabled=true,deletion_protection.enabled=true\"", GatewayName, "a destroy waits" },
        { "load-balancer", Gateway, $"{Nlb}target-group-attributes", "\"preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=600\"", GatewayName, "lets go of a pod after 600 s" },
        { "load-balancer", Gateway, $"{Nlb}target-group-attributes", "\"preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=0\"", GatewayName, "after 0 s" },
        { "load-balancer", Gateway, $"{Nlb}target-group-attributes", "\"preserve_client_ip.enabled=true,proxy_protocol_v2.enabled=true\"", GatewayName, "proxy protocol" },
        { "load-balancer", Gateway, "values/lifecycle", null, GatewayName, "preStop ends after 0 s" },
        { "load-balancer", Gateway, "values/terminationGracePeriodSeconds", "330", GatewayName, "drain for 30 s" },
        { "load-balancer", Gateway, "values/service/loadBalancerSourceRanges", """["10.0.0.0/8"]""", GatewayName, "no addresses of the internet" },
        { "load-balancer", Gateway, "values/service/loadBalancerSourceRanges", """["203.0.113.1/24"]""", GatewayName, "no block of addresses" },
        { "load-balancer", Gateway, "values/service/ports", null, GatewayName, "it has no ports" },
        { "load-balancer", Gateway, "values/service/ports/0", """{"name":"http2","port":800,"targetPort":8080}""", GatewayName, "none on which a Gateway of its pods serves" },
        { "load-balancer", Gateway, "values/service", null, GatewayName, "scheme is not set" },
        { "load-balancer", Gateway, "timeout", "300", GatewayName, "given up after 300 s" },
        { "network-paths", Cluster, "privateSubnetIds", null, Cluster, "no privateSubnetIds" },
        { "mutable-image-tag", Ecr, "imageTagMutabilityExclusionFilters", "[]", Ecr, "ECR refuses it" },
        { "load-balancer", Gateway, "values/service/ports/0/protocol", "\"HTTP\"", GatewayName, "a number or protocol that there is not" },
        { "load-balancer", Gateway, $"{Nlb}ssl-ports", "\"443\"", GatewayName, "certificate or ports" },
        { "load-balancer", Public, "tags/kubernetes.io~1role~1elb", null, GatewayName, "no subnet in ap-southeast-2b has the tag kubernetes.io/role/elb" },
        { "load-balancer", "kubernetes:core/v1:Namespace istio-system", "metadata/labels/eks.amazonaws.com~1pod-readiness-gate-inject", null, GatewayName, "pod-readiness-gate-inject" },
        { "load-balancer-choice", Gateway, $"{Nlb}target-group-attributes", "\"deregistration_delay.timeout_seconds=180\"", GatewayName, "does not see who calls" },
        { "load-balancer-choice", Gateway, $"{Nlb}attributes", null, GatewayName, "cross_zone" },
        { "load-balancer-choice", Gateway, $"{Nlb}healthcheck-interval", "\"90\"", GatewayName, "two minutes" },
    };

    /// <summary>What looks like one of the faults, and is none.</summary>
    public static TheoryData<string, string, string?> Choices => new()
    {
        { Vpc, "instanceTenancy", "\"default\"" },
        { Cluster, "kubernetesServiceIpAddressRange", "\"172.20.0.0/16\"" },
        { Cluster, "encryptionConfigKeyArn", "\"arn:aws:kms:ap-southeast-2:111122223333:key/01234567-89ab-cdef-0123-456789abcdef\"" },
        { Cluster, "accessEntries/admin", """{"principalArn":"arn:aws:iam::123456789012:role/admin","accessPolicies":{"a":{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy","accessScope":{"type":"cluster"} } } }""" },
        { Key, "deletionWindowInDays", "30" },
        { FlowLog, "trafficType", "\"ALL\"" },
        { Lifecycle, "policy", Policy("any", "imageCountMoreThan", 90) },
        { ClusterRole, "permissionsBoundary", "\"arn:aws:iam::111122223333:policy/boundary\"" },
        { LogPolicy, "policy", Grant("logs:*Log*", "arn:aws:cloudwatch:ap-southeast-2:123456789012:*") },
        { NodePool, "spec/template/spec/terminationGracePeriod", null },
        { NodePool, "spec/template/spec/expireAfter", "\"504h\"" },
        { NodePool, "spec/disruption/budgets", """[{"nodes":"10%"},{"nodes":"0","reasons":["Drifted"],"schedule":"0 6 * * *","duration":"20h0m"}]""" },
        { NodePool, "spec/limits/cpu", "\"4\"" },
        { NodePool, $"{Requirements}/3", """{"key":"eks.amazonaws.com/instance-cpu","operator":"Lt","values":["17"]}""" },
        { NodePool, $"{Requirements}/1", """{"key":"team.example/kind","operator":"In","values":["a"]}""" },
        { NodePool, $"{Requirements}/1/values", """["spot","on-demand"]""" },
        { NodeClass, "spec/ephemeralStorage", """{"size":"80Gi","iops":3000}""" },
        { Gateway, "values/service/loadBalancerClass", null },
        { Gateway, "values/service/ports/0/targetPort", "8080" },
        { Gateway, "timeout", "600" },
        { Gateway, "values/service/annotations/example.com~1team", "\"a\"" },
        { Gateway, $"{Nlb}healthcheck-protocol", "\"HTTP\"" },
        { Gateway, $"{Nlb}healthcheck-timeout", "\"6\"" },
        { Gateway, $"{Nlb}attributes", "\"load_balancing.cross_zone.enabled=true\\nzonal_shift.config.enabled=true\"" },
        { Gateway, "values/service/loadBalancerSourceRanges", """["0.0.0.0/0"]""" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task What_aws_refuses_or_takes_otherwise_than_it_is_meant(string rule, string resource, string path, string? json, string about, string what) =>
        Breakage.FindsAmongAsync(rule, about, what, stack => stack.Set(resource, path, json));

    [Theory]
    [MemberData(nameof(Choices))]
    public Task Not_what_aws_takes(string resource, string path, string? json) => Breakage.FindsNothingAsync(stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData("network-paths", "aws:ec2/eip:Eip cluster-private-0", "aws:ec2/natGateway:NatGateway cluster-private-0", "it has no address")]
    [InlineData("no-node", NodePool, Cluster, "no pool of nodes")]
    [InlineData("service-role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment cluster-cluster-AmazonEKSComputePolicy", ClusterRole, "has no AmazonEKSComputePolicy")]
    [InlineData("service-role", ClusterPolicy, ClusterRole, "may not do ec2:CreateFleet")]
    public Task What_is_needed_and_gone(string rule, string resource, string about, string what) =>
        Breakage.FindsAmongAsync(rule, about, what, stack =>
        {
            var gone = stack.Resources.Single(declared => $"{declared.Type} {declared.Name}" == resource);
            return stack with { Resources = [.. stack.Resources.Where(declared => declared != gone).Select(declared => declared with { DependsOn = [.. declared.DependsOn.Where(urn => urn != gone.Urn)] })] };
        });

    [Theory]
    [InlineData("dev", "aws:region=eu-central-1")]
    [InlineData("dev", "vpcId=vpc-0123456789abcdef0", "privateSubnetIds=[\"subnet-0123456789abcdef0\",\"subnet-0123456789abcdef1\"]", "publicSubnetIds=[\"subnet-0123456789abcdef2\",\"subnet-0123456789abcdef3\"]")]
    [InlineData("dev", "gatewayScheme=internal", "gatewayAllowedCidrs=[\"10.0.0.0/8\"]")]
    public async Task Nothing_of_a_stack_in_another_region_or_network(string stack, params string[] settings) => Assert.Equal(
        [], Gopherctl.Check.Policy.Check(await Renderings.OfAsync(stack, settings)).Where(finding => finding.Rule.Id != "open-load-balancer").Select(finding => $"{finding.Rule.Id} {finding.Violation}"));

    [Theory]
    [InlineData("""["0.0.0.0/0"]""", "publicAccessCidrs has 0.0.0.0/0")]
    [InlineData("""["203.0.113.7/32","::/0"]""", "publicAccessCidrs has ::/0")]
    [InlineData("""["0.0.0.0/1","128.0.0.0/1"]""", "publicAccessCidrs has 0.0.0.0/1")]
    [InlineData("[]", "publicAccessCidrs is not set")]
    public Task A_public_api_without_a_limit(string blocks, string what) => Breakage.FindsAsync("public-api", Cluster, what, stack => stack
        .Set(Cluster, "endpointPublicAccess", "true").Set(Cluster, "publicAccessCidrs", blocks));

    [Fact]
    public Task A_public_api_by_default() =>
        Breakage.FindsAsync("public-api", Cluster, "the whole internet", stack => stack.Set(Cluster, "endpointPublicAccess", null));

    [Fact]
    public async Task Not_a_public_api_for_a_few() => Assert.Empty(await Breakage.FindingsAsync(stack => stack
        .Set(Cluster, "endpointPublicAccess", "true").Set(Cluster, "publicAccessCidrs", """["203.0.113.7/32"]""")));

    [Theory]
    [InlineData("public-api", "vpcConfig", "{}", "publicAccessCidrs is not set")]
    [InlineData("public-api", "vpcConfig", """{"endpointPublicAccess":true,"publicAccessCidrs":["0.0.0.0/0"]}""", "publicAccessCidrs")]
    [InlineData("encryption", "encryptionConfig", "{}", "encryptionConfig.provider.keyArn")]
    [InlineData("unowned-log-group", "enabledClusterLogTypes", """["api"]""", "/aws/eks/other/cluster")]
    public Task A_cluster_that_is_the_plain_resource(string rule, string input, string json, string what) =>
        Breakage.FindsAsync(rule, PlainCluster, what, stack => WithPlainCluster(stack).Set(PlainCluster, input, json));

    [Fact]
    public async Task Not_a_plain_cluster_that_is_closed() => Assert.Empty(await Breakage.FindingsAsync(WithPlainCluster));

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Not_a_cluster_that_is_only_read(bool isRead, int findings)
    {
        var found = await Breakage.FindingsAsync(stack => WithPlainCluster(stack)
            .Set(PlainCluster, "vpcConfig", "{}").Change(PlainCluster, cluster => cluster with { IsRead = isRead }));

        Assert.Equal(findings, found.Count);
    }

    [Theory]
    [InlineData(Cluster, "encryptionConfigKeyArn", null, "encryptionConfigKeyArn")]
    [InlineData(Ecr, "encryptionConfigurations", null, "encryptionConfigurations")]
    [InlineData(Ecr, "encryptionConfigurations/0/encryptionType", "\"AES256\"", "encryptionConfigurations")]
    [InlineData(Key, "enableKeyRotation", "false", "enableKeyRotation")]
    public Task What_is_not_encrypted(string resource, string path, string? json, string what) =>
        Breakage.FindsAsync("encryption", resource, what, stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData("SYMMETRIC_DEFAULT", 1)]
    [InlineData("RSA_2048", 0)]
    [InlineData("HMAC_256", 0)]
    public async Task Only_a_symmetric_key_has_to_rotate(string spec, int findings) => Assert.Equal(findings, (await Breakage.FindingsAsync(
        stack => stack.Set(Key, "enableKeyRotation", null).Set(Key, "customerMasterKeySpec", $"\"{spec}\""))).Count);

    [Fact]
    public Task A_storage_class_that_does_not_encrypt() => Breakage.FindsAsync(
        "encryption", "StorageClass data", "parameters.encrypted",
        stack => stack.WithObject("storage.k8s.io/v1", "StorageClass", "data", "\"provisioner\":\"ebs.csi.eks.amazonaws.com\""));

    [Theory]
    [InlineData("aws:ec2/securityGroup:SecurityGroup", """{"ingress":[{"cidrBlocks":["0.0.0.0/0"],"fromPort":22}]}""", "0.0.0.0/0")]
    [InlineData("aws:ec2/securityGroup:SecurityGroup", """{"ingress":[{"ipv6CidrBlocks":["::/0"]}]}""", "::/0")]
    [InlineData("aws:ec2/securityGroupRule:SecurityGroupRule", """{"type":"ingress","cidrBlocks":["0.0.0.0/0"]}""", "0.0.0.0/0")]
    [InlineData("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", """{"cidrIpv4":"0.0.0.0/0"}""", "0.0.0.0/0")]
    public Task An_open_security_group(string type, string inputs, string what) =>
        Breakage.FindsAsync("open-security-group", $"{type} web", what, stack => stack.With(type, "web", inputs));

    [Fact]
    public async Task Not_a_security_group_that_lets_everything_out() => Assert.Empty(await Breakage.FindingsAsync(stack => stack.With(
        "aws:ec2/securityGroup:SecurityGroup", "web",
        """{"egress":[{"cidrBlocks":["0.0.0.0/0"]}],"ingress":[{"cidrBlocks":["10.0.0.0/16"]}]}""")));

    [Fact]
    public Task A_default_security_group_as_aws_makes_it() => Breakage.FindsAsync(
        "open-security-group", "aws:ec2/vpc:Vpc cluster", "its default security group",
        stack => stack with { Resources = [.. stack.Resources.Where(resource => $"{resource.Type} {resource.Name}" != DefaultGroup)] });

    [Theory]
    [InlineData("ingress", """[{"self":true,"protocol":"-1","fromPort":0,"toPort":0}]""")]
    [InlineData("egress", """[{"cidrBlocks":["10.0.0.0/16"],"protocol":"-1","fromPort":0,"toPort":0}]""")]
    public Task A_default_security_group_with_rules(string direction, string rules) => Breakage.FindsAsync(
        "open-security-group", DefaultGroup, $"has rules: {direction}", stack => stack.Set(DefaultGroup, direction, rules));

    // The committed gateway is one, and is excepted: without its ranges it still is, and with others or inside only it is none.
    [Theory]
    [InlineData("values/service/loadBalancerSourceRanges", null, 1)]
    [InlineData("values/service/loadBalancerSourceRanges", """["203.0.113.0/24"]""", 0)]
    [InlineData("values/service/annotations/service.beta.kubernetes.io~1aws-load-balancer-scheme", "\"internal\"", 0)]
    [InlineData("values/service/type", "\"ClusterIP\"", 0)]
    public async Task An_open_load_balancer(string path, string? json, int findings)
    {
        var stack = (await Renderings.DeclareAsync("dev")).Set(Gateway, path, json);

        var found = Gopherctl.Check.Policy.Check(Renderings.Render(stack)).Where(finding => finding.Rule.Id == "open-load-balancer");

        Assert.Equal(Enumerable.Repeat("Helm release istio-ingressgateway", findings), found.Select(finding => finding.Violation.Resource));
    }

    private static string Trust(string service, string condition, params string[] actions) => System.Text.Json.JsonSerializer.Serialize(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["{{string.Join("\",\"", actions)}}"],"Principal":{"Service":"{{service}}.amazonaws.com"},{{condition}}}]}""");

    private static string Grant(string action, string resource) => System.Text.Json.JsonSerializer.Serialize(
        $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}]}""");

    private static string Policy(string state, string type, int number, string more = "") => System.Text.Json.JsonSerializer.Serialize(
        $$$"""{"rules":[{"rulePriority":1,"selection":{"tagStatus":"{{{state}}}","countType":"{{{type}}}","countNumber":{{{number}}}{{{more}}}},"action":{"type":"expire"}}]}""");

    private static Declaration WithPlainCluster(Declaration stack) => stack.WithLast("aws:eks/cluster:Cluster", "other", """
        {"name":"other","vpcConfig":{"endpointPublicAccess":false},"encryptionConfig":{"provider":{"keyArn":"arn:aws:kms:ap-southeast-2:123456789012:cluster"}}}
        """);
}
