using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>The rules about parts of a stack that have to agree: policies with callers, routes with servers, pods with nodes, charts with each other.</summary>
public sealed class AgreementRuleTests
{
    private const string Deployment = "kubernetes:apps/v1:Deployment gopher-requester";
    private const string Requester = "Deployment gophers/gopher-requester";
    private const string Pod = "spec/template/spec";
    private const string Container = $"{Pod}/containers/0";
    private const string Proxies = "kubernetes:networking.k8s.io/v1:NetworkPolicy proxies";
    private const string DefaultDeny = "kubernetes:networking.k8s.io/v1:NetworkPolicy default-deny";
    private const string Called = "kubernetes:networking.k8s.io/v1:NetworkPolicy gopher-distributor";
    private const string Calling = "kubernetes:networking.k8s.io/v1:NetworkPolicy gopher-requester";
    private const string Authorization = "AuthorizationPolicy gophers/gopher-distributor";
    private const string Sidecar = "kubernetes:networking.istio.io/v1:Sidecar default";
    private const string Gateway = "kubernetes:networking.istio.io/v1:Gateway gopher-gateway";
    private const string GatewayName = "Gateway gophers/gopher-gateway";
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";
    private const string RouteName = "VirtualService gophers/gopher-distributor";
    private const string PublicRoute = "kubernetes:networking.istio.io/v1:VirtualService gopher-requester";
    private const string PublicRouteName = "VirtualService gophers/gopher-requester";
    private const string Ejection = "kubernetes:networking.istio.io/v1:DestinationRule gopher-requester";
    private const string EjectionName = "DestinationRule gophers/gopher-requester";
    private const string Service = "kubernetes:core/v1:Service gopher-distributor";
    private const string ServiceName = "Service gophers/gopher-distributor";
    private const string Space = "kubernetes:core/v1:Namespace gophers";
    private const string Peer = "kubernetes:security.istio.io/v1:PeerAuthentication default";
    private const string PeerName = "PeerAuthentication istio-system/default";
    private const string Istiod = "kubernetes:helm.sh/v3:Release istiod";
    private const string Ingress = "kubernetes:helm.sh/v3:Release istio-ingressgateway";
    private const string CalledPolicy = "kubernetes:security.istio.io/v1:AuthorizationPolicy gopher-distributor";
    private const string RolePolicy = "aws:iam/rolePolicy:RolePolicy cluster-cluster";
    private const string Prometheus = "kubernetes:helm.sh/v3:Release prometheus";
    private const string PrometheusName = "Helm release prometheus";
    private const string Subset = "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2";
    private const string IngressName = "Helm release istio-ingressgateway";
    private const string NodeClass = "kubernetes:eks.amazonaws.com/v1:NodeClass cluster";
    private const string NodePool = "kubernetes:karpenter.sh/v1:NodePool cluster";
    private const string Https = """{"name":"https","number":80,"protocol":"HTTPS"}""";

    /// <summary>The rule, the resource that is changed, the path and its value, and the resource and the words of the finding.</summary>
    public static TheoryData<string, string, string, string?, string, string> Faults => new()
    {
        { "network-needs", Proxies, "spec/egress/0/ports/0/port", "54", Requester, "ask for names" },
        { "network-needs", Proxies, "spec/egress/0/to", """[{"podSelector":{}}]""", Requester, "ask for names" },
        { "network-needs", Proxies, "spec/egress/0/to", """[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}},"podSelector":{"matchLabels":{"k8s-app":"kube-dns"}}}]""", Requester, "where Auto Mode answers" },
        { "network-needs", Proxies, "spec/egress/0/to", """[{"namespaceSelector":{}}]""", Requester, "where Auto Mode answers" },
        { "empty-subset", Subset, "spec/subsets/0/labels/version", "\"v1\"", "DestinationRule gophers/gopher-distributor-v2", "has the labels of the subset v1" },
        { "injection", Istiod, "values/meshConfig/discoverySelectors", """[{"matchLabels":{"istio-injection":"enabled"}}]""", "Namespace istio-system", "Helm release istio-ingressgateway gets no configuration" },
        { "injection", Istiod, "values/meshConfig/discoverySelectors", """[{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"}}]""", "Namespace gophers", "proxies know none of its Services" },
        { "pod-parts", Prometheus, "values/server/persistentVolume/enabled", "true", PrometheusName, "the default StorageClass, and none is declared" },
        { "pod-parts", Prometheus, "values/server/persistentVolume", """{"enabled":true,"storageClass":"gp3"}""", PrometheusName, "the StorageClass gp3, which is not declared" },
        { "process-settings", Prometheus, "values/server/retentionSize", "\"4GB\"", PrometheusName, "full before anything is deleted" },
        { "called-address", "kubernetes:helm.sh/v3:Release jaeger", "values/userconfig/receivers/otlp/protocols/grpc/endpoint", "\"localhost:4317\"", "Helm release jaeger", "no other pod reaches it there" },
        { "network-needs", Proxies, "spec/egress/1/ports/0/port", "15010", Requester, "reach istiod" },
        { "network-needs", Proxies, "spec/egress/1/to/0/podSelector/matchLabels/app", "\"pilot\"", Requester, "reach istiod" },
        { "network-needs", Called, "spec/ingress/0/ports/0/port", "9090", Authorization, "no NetworkPolicy of Deployment gophers/gopher-distributor-v1 does" },
        { "network-needs", Called, "spec/ingress/0/from/0/namespaceSelector/matchLabels/kubernetes.io~1metadata.name", "\"istio-system\"", Authorization, "no NetworkPolicy of Deployment gophers/gopher-distributor-v1 does" },
        { "network-needs", Calling, "spec/egress/0/ports/0/port", "80", Authorization, "no NetworkPolicy of Deployment gophers/gopher-requester does" },
        { "default-deny", DefaultDeny, "spec/policyTypes", """["Ingress"]""", "Namespace gophers", "leaves its pods" },
        { "default-deny", DefaultDeny, "spec/podSelector", """{"matchLabels":{"app":"gopher-requester"}}""", "Namespace gophers", "comes into its pods" },
        { "process-settings", Deployment, $"{Container}/env/0/value", "\"http://+:8088\"", Requester, "listen on 8088" },
        { "no-node", Deployment, $"{Pod}/nodeSelector", """{"disk":"ssd"}""", Requester, "they ask for disk ssd" },
        { "no-node", Deployment, $"{Pod}/nodeSelector", """{"kubernetes.io/arch":"s390x"}""", Requester, "kubernetes.io/arch s390x" },
        { "no-node", Deployment, $"{Pod}/affinity", """{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"team","operator":"In","values":["a","b"]}]}]}}}""", Requester, "team a or b" },
        { "no-node", NodePool, "spec/template/spec/taints", """[{"key":"gpu","effect":"NoSchedule"}]""", Requester, "do not tolerate gpu" },
        { "no-node", Deployment, $"{Container}/resources/requests/cpu", "\"12\"", Requester, "its largest node has 8" },
        { "cluster-dns", Deployment, $"{Pod}/dnsPolicy", "\"Default\"", Requester, "do not resolve" },
        { "cluster-dns", Deployment, $"{Pod}/dnsPolicy", "\"None\"", Requester, "do not resolve" },
        { "probes", Deployment, $"{Container}/livenessProbe/httpGet/path", "\"/readyz\"", Requester, "ask the same" },
        { "probes", Deployment, $"{Container}/livenessProbe/httpGet/path", "\"/ready\"", Requester, "waits for another" },
        { "slow-start", Deployment, $"{Container}/startupProbe", null, Requester, "not started after 30 s" },
        { "service-address", Service, "spec/clusterIP", "\"None\"", ServiceName, "not DestinationRule gophers/gopher-distributor-v1" },
        { "service-address", Service, "spec/internalTrafficPolicy", "\"Local\"", ServiceName, "on a node without one" },
        { "pod-security", Space, "metadata/labels/pod-security.kubernetes.io~1warn", null, "Namespace gophers", "no label with a Pod Security Standard" },
        { "pod-security", Space, "metadata/labels/pod-security.kubernetes.io~1enforced", "\"restricted\"", "Namespace gophers", "is not what Kubernetes knows" },
        { "pod-security", Space, "metadata/labels/pod-security.kubernetes.io~1enforce", "\"baseline\"", "Namespace gophers", "init container" },
        { "plain-text-traffic", Peer, "spec/portLevelMtls", """{"8080":{"mode":"DISABLE"}}""", PeerName, "without a selector" },
        { "unimported-host", Sidecar, "spec/egress/0/hosts", """["istio-system/*"]""", "Sidecar gophers/default", "no gopher-distributor.gophers.svc.cluster.local, which Deployment gophers/gopher-requester calls" },
        { "unimported-host", Sidecar, "spec/egress/0/hosts", """["./*"]""", "Sidecar gophers/default", "no jaeger.observability.svc.cluster.local, which the tracing" },
        { "unknown-host", Sidecar, "spec/egress/0/hosts/0", "\"./nobody.gophers.svc.cluster.local\"", "Sidecar gophers/default", "nobody.gophers.svc.cluster.local, which is not declared" },
        { "gateway-protocol", Gateway, "spec/servers/0/port/protocol", "\"TCP\"", PublicRouteName, "serves TCP" },
        { "gateway-protocol", Gateway, "spec/servers/0", $$"""{"hosts":["*"],"port":{{Https}},"tls":{"mode":"PASSTHROUGH"} }""", PublicRouteName, "serves HTTPS" },
        { "gateway-protocol", Gateway, "spec/servers/0/tls", """{"httpsRedirect":true}""", GatewayName, "which no server of the gateway serves" },
        { "unknown-credential", Gateway, "spec/servers/0", $$"""{"hosts":["*"],"port":{{Https}},"tls":{"mode":"SIMPLE","credentialName":"web"} }""", GatewayName, "the Secret web, which is not declared in istio-system" },
        { "refused-route", Route, "spec/http/1/route", """[{"destination":{"host":"gopher-requester.gophers.svc.cluster.local"}}]""", RouteName, "refuses its callers: gophers/gopher-requester" },
        { "refused-route", PublicRoute, "spec/http/1/route/0/destination/host", "\"gopher-distributor.gophers.svc.cluster.local\"", PublicRouteName, "refuses its callers: istio-system/istio-ingressgateway" },
        { "unknown-delegate", PublicRoute, "spec/http/1", """{"delegate":{"name":"nowhere","namespace":"gophers"}}""", PublicRouteName, "spec.http[1].delegate names the VirtualService gophers/nowhere, which is not declared" },
        { "unknown-delegate", PublicRoute, "spec/http/1", """{"delegate":{"name":"gopher-distributor"}}""", PublicRouteName, "gophers/gopher-distributor, which has hosts of its own" },
        { "unknown-delegate", Route, "spec/hosts", "[]", RouteName, "no VirtualService delegates to it" },
        { "route-limits", Route, "spec/http/1/route/0/weight", "60", RouteName, "weights of 70 together" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/outlierDetection/consecutive5xxErrors", "0", EjectionName, "no pod is ever left out" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/connectionPool/tcp/maxConnections", "1", EjectionName, "maxConnections is 1" },
        { "unknown-caller", "kubernetes:security.istio.io/v1:AuthorizationPolicy gopher-distributor", "spec/rules/0/to/0/operation/methods", """["get"]""", Authorization, "the method get" },
        { "unknown-caller", "kubernetes:security.istio.io/v1:AuthorizationPolicy gopher-distributor", "spec/rules/0/to/0/operation/paths", """["gopher"]""", Authorization, "the path gopher" },
        { "telemetry-provider", "kubernetes:telemetry.istio.io/v1:Telemetry mesh-default", "spec/tracing/0/providers/0/name", "\"zipkin\"", "Telemetry istio-system/mesh-default", "the provider zipkin" },
        { "idle-selector", "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter forget-foreign-traces", "metadata/namespace", "\"gophers\"", "EnvoyFilter gophers/forget-foreign-traces", "no declared pod" },
        { "chart-version", Istiod, "version", "\"1.24.0\"", IngressName, "its chart gateway is 1.31.0, and istiod's is 1.24.0" },
        { "chart-version", Ingress, "version", "\"1.29.2\"", IngressName, "its chart gateway is 1.29.2" },
        { "pod-times", Ingress, "values/terminationGracePeriodSeconds", "30", IngressName, "lifecycle.preStop sleeps 320 s, and its pods are killed after 30 s" },
        { "disruption-budget", Ingress, "values/podDisruptionBudget", null, IngressName, "no disruption budget" },
        { "disruption-budget", Istiod, "values/pdb/maxUnavailable", "0", "Helm release istiod", "no node can be drained" },
        { "disruption-budget", Istiod, "values/pdb/unhealthyPodEvictionPolicy", null, "Helm release istiod", "unhealthyPodEvictionPolicy" },
        { "spread", Istiod, "values/topologySpreadConstraints", null, "Helm release istiod", "over no nodes" },
        { "resource-limits", Istiod, "values/resources", null, "Helm release istiod", "no resources" },
        { "one-zone", NodeClass, "spec/subnetSelectorTerms", """[{"id":"cluster-private-0-id"}]""", "NodeClass gopher-mesh", "one zone (ap-southeast-2a)" },
        { "one-zone", NodePool, "spec/template/spec/requirements/0", """{"key":"topology.kubernetes.io/zone","operator":"In","values":["ap-southeast-2a"]}""", "NodePool gopher-mesh", "one zone (ap-southeast-2a)" },
        { "node-pool", NodePool, "spec/disruption/budgets", """[{"nodes":"0"}]""", "NodePool gopher-mesh", "no node is ever replaced" },
        { "network-paths", "aws:ec2/natGateway:NatGateway cluster-private-0", "subnetId", "\"cluster-private-0-id\"", "aws:ec2/natGateway:NatGateway cluster-private-0", "no route to an internet gateway" },
        { "network-paths", "aws:ec2/vpc:Vpc cluster", "enableDnsHostnames", "false", "aws:ec2/vpc:Vpc cluster", "get no names" },
        { "short-memory", "aws:kms/key:Key cluster", "deletionWindowInDays", "7", "aws:kms/key:Key cluster", "deletionWindowInDays is 7" },
        { "short-memory", "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "retentionInDays", "1", "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "retentionInDays is 1" },
        { "role-trust", "aws:iam/role:Role cluster-cluster", "assumeRolePolicy", """ "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{\"Service\":\"eks.amazonaws.com\"}}]}" """, "aws:iam/role:Role cluster-cluster", "confused deputy" },
        { "injection", Space, "metadata/labels/istio.io~1dataplane-mode", "\"ambient\"", "Namespace gophers", "both sidecars and istio.io/dataplane-mode" },
        { "injection", Space, "metadata/labels/istio.io~1rev", "\"default\"", "Namespace gophers", "both istio-injection and istio.io/rev" },
        { "injection", Space, "metadata/labels/istio-injection", null, "Namespace gophers", "get no sidecars" },
        { "injection", Deployment, "spec/template/metadata/labels/sidecar.istio.io~1inject", "\"false\"", Requester, "outside of the mesh" },
        { "injection", Deployment, $"{Pod}/securityContext/runAsUser", "1337", Requester, "the sidecar's own" },
        { "called-address", Deployment, $"{Container}/env/3/value", "\"http://localhost:9999\"", Requester, "where no container listens on 9999" },
        { "past-proxy", Deployment, "spec/template/metadata/annotations/sidecar.istio.io~1interceptionMode", "\"NONE\"", Requester, "interceptionMode is NONE" },
        { "role-trust", "aws:iam/role:Role cluster-cluster", "assumeRolePolicy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":\"*\"}]}" """, "aws:iam/role:Role cluster-cluster", "lets anybody assume it" },
        { "role-grants", RolePolicy, "policy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ec2:*\",\"Resource\":\"*\"}]}" """, RolePolicy, "it allows ec2:*" },
        { "role-grants", "aws:iam/rolePolicyAttachment:RolePolicyAttachment cluster-nodes-AmazonEC2ContainerRegistryPullOnly", "policyArn", "\"arn:aws:iam::aws:policy/AdministratorAccess\"", "aws:iam/rolePolicyAttachment:RolePolicyAttachment cluster-nodes-AmazonEC2ContainerRegistryPullOnly", "AdministratorAccess allows nearly everything" },
        { "policy-language", RolePolicy, "policy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"DescribeVpcs\",\"Resource\":\"*\"}]}" """, RolePolicy, "the action DescribeVpcs, which there is not" },
        { "policy-language", RolePolicy, "policy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"ec2:CreateTags\",\"Resource\":\"vpc-1\"}]}" """, RolePolicy, "the resource vpc-1, which is no ARN" },
        { "policy-language", "aws:iam/role:Role cluster-cluster", "assumeRolePolicy", """ "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\",\"sts:TagSession\"],\"Principal\":{\"Service\":\"eks.example.com\"}}]}" """, "aws:iam/role:Role cluster-cluster", "trusts eks.example.com" },
        { "service-role", "eks:index:Cluster cluster", "accessEntries/nodes/accessPolicies/AmazonEKSAutoNodePolicy/accessScope", """{"type":"namespace","namespaces":["gophers"]}""", "eks:index:Cluster cluster", "is for some namespaces alone" },
        { "service-role", "eks:index:Cluster cluster", "accessEntries/nodes/accessPolicies/more", """{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy","accessScope":{"type":"cluster"}}""", "eks:index:Cluster cluster", "gives them AmazonEKSClusterAdminPolicy" },
        { "service-role", "eks:index:Cluster cluster", "accessEntries/people", """{"principalArn":"arn:aws:iam::123456789012:role/people","type":"STANDARD","accessPolicies":{"view":{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"namespace"}}}}""", "eks:index:Cluster cluster", "type and namespaces do not agree" },
        { "unknown-host", Route, "spec/http/1/route/0/destination/port", """{"number":81}""", RouteName, "names the port 81" },
        { "unknown-gateway", Gateway, "spec/selector", """{"istio":"nobody"}""", GatewayName, "no declared pod and no chart" },
        { "unreachable-route", Route, "spec/http/0/match", null, RouteName, "no route after it is reached" },
        { "image-scan", "aws:ecr/lifecyclePolicy:LifecyclePolicy gopher-requester", "policy", "\"{}\"", "aws:ecr/lifecyclePolicy:LifecyclePolicy gopher-requester", "has no rules" },
        { "node-pool", "kubernetes:core/v1:ConfigMap cluster-network-policy", "data/enable-network-policy-controller", "\"false\"", "ConfigMap kube-system/amazon-vpc-cni", "no NetworkPolicy is obeyed" },
        { "open-policy", Istiod, "values/meshConfig/outboundTrafficPolicy/mode", "\"ALLOW_ANY\"", "Helm release istiod", "ALLOW_ANY" },
        { "open-policy", CalledPolicy, "spec/rules/0/from/0/source/principals", "[]", Authorization, "spec.rules[0]" },
        { "wide-policy", CalledPolicy, "spec/rules/0/from/0/source", """{"notPrincipals":["cluster.local/ns/a/sa/b"]}""", Authorization, "every caller but those of notPrincipals" },
        { "wide-policy", CalledPolicy, "spec/rules/0/from/0/source", """{"namespaces":["gophers"]}""", Authorization, "every caller of the namespace gophers" },
        { "wide-policy", Called, "spec/ingress/0/from/0/namespaceSelector", "{}", "NetworkPolicy gophers/gopher-distributor", "pods of every namespace" },
        { "wide-policy", Called, "spec/ingress/0/ports/0", """{"protocol":"TCP"}""", "NetworkPolicy gophers/gopher-distributor", "is for every port" },
        { "wide-policy", Calling, "spec/egress/0/to", """[{"ipBlock":{"cidr":"0.0.0.0/0"}}]""", "NetworkPolicy gophers/gopher-requester", "call any address" },
        { "pod-parts", Deployment, $"{Pod}/priorityClassName", "\"nowhere\"", Requester, "the PriorityClass nowhere is not declared" },
        { "pod-parts", Deployment, $"{Pod}/runtimeClassName", "\"nowhere\"", Requester, "the RuntimeClass nowhere is not declared" },
        { "pod-parts", Deployment, $"{Pod}/readinessGates", """[{"conditionType":"example.com/ready"}]""", Requester, "of no controller that is known" },
        { "pod-parts", Deployment, $"{Pod}/hostAliases", """[{"ip":"10.0.0.1","hostnames":["gopher-distributor"]}]""", Requester, "an address of their own" },
        { "pod-parts", Deployment, $"{Pod}/tolerations", """[{"operator":"Exists"}]""", Requester, "tolerates every taint" },
        { "pod-parts", Deployment, $"{Pod}/topologySpreadConstraints/0/maxSkew", "0", Requester, "maxSkew is below 1" },
        { "probes", Deployment, $"{Container}/livenessProbe/httpGet/host", "\"10.0.0.1\"", Requester, "not what the container serves" },
        { "process-settings", Deployment, $"{Container}/env/0/value", "\"https://+:8080\"", Requester, "speak plain HTTP to this port" },
        { "process-settings", Deployment, $"{Container}/env/1/valueFrom/fieldRef/fieldPath", "\"spec.nowhere\"", Requester, "which pods do not give out" },
        { "process-settings", Deployment, "spec/template/metadata/annotations/prometheus.io~1scrape", "\"yes\"", Requester, "prometheus.io/scrape is" },
        { "route-limits", Route, "spec/http/1/route/1/destination/subset", "\"v1\"", RouteName, "names the destination" },
        { "load-balancer-choice", Ingress, "values/service/annotations/service.beta.kubernetes.io~1aws-load-balancer-ssl-negotiation-policy", "\"ELBSecurityPolicy-TLS-1-1-2017-01\"", IngressName, "takes TLS 1.0 or 1.1" },
    };

    /// <summary>What looks like one of the faults, and is none.</summary>
    public static TheoryData<string, string, string?> Choices => new()
    {
        { Proxies, "spec/egress/0/to", """[{"ipBlock":{"cidr":"172.20.0.10/32"}}]""" },
        { Istiod, "values/meshConfig/discoverySelectors", """[{"matchLabels":{"istio-injection":"enabled"}},{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"In","values":["istio-system","observability"]}]}]""" },
        { Prometheus, "values/server/persistentVolume", """{"enabled":true,"existingClaim":"data"}""" },
        { Prometheus, "values/server/retentionSize", "\"1GB\"" },
        { "kubernetes:helm.sh/v3:Release jaeger", "values/userconfig/receivers/otlp/protocols/grpc/endpoint", "\"[::]:4317\"" },
        { Proxies, "spec/egress/1/ports/0", """{"port":15000,"endPort":15100,"protocol":"TCP"}""" },
        { Proxies, "spec/egress/1/to", """[{"namespaceSelector":{"matchExpressions":[{"key":"kubernetes.io/metadata.name","operator":"In","values":["istio-system"]}]}}]""" },
        { Called, "spec/ingress/0/ports/0/port", "\"http\"" },
        { Called, "spec/ingress/0/from/0/podSelector", """{"matchExpressions":[{"key":"app","operator":"In","values":["gopher-requester"]}]}""" },
        { Deployment, $"{Pod}/nodeSelector", """{"kubernetes.io/arch":"arm64","karpenter.sh/nodepool":"gopher-mesh"}""" },
        { Deployment, $"{Pod}/dnsPolicy", "\"ClusterFirst\"" },
        { Deployment, $"{Container}/livenessProbe/httpGet/path", "\"/live\"" },
        { Sidecar, "spec/egress/0/hosts", """["*/*"]""" },
        { Route, "spec/http/1/route/0/weight", "90" },
        { Istiod, "version", "\"1.32.0\"" },
        { "aws:kms/key:Key cluster", "deletionWindowInDays", null },
        { "aws:cloudwatch/logGroup:LogGroup cluster-flow-logs", "retentionInDays", "7" },
        { Gateway, "spec/servers/0/port/protocol", "\"HTTP2\"" },
        { NodePool, "spec/template/spec/taints", """[{"key":"soft","effect":"PreferNoSchedule"}]""" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Parts_that_do_not_agree(string rule, string resource, string path, string? json, string about, string what)
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(resource, path, json));

        Assert.Contains(findings, finding => finding.Rule.Id == rule && finding.Violation.Resource == about && finding.Violation.Problem.Contains(what, StringComparison.Ordinal));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Violation.Remedy));
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public async Task Not_what_agrees_in_other_words(string resource, string path, string? json)
    {
        // istiod goes ahead of its proxies, after the CRDs.
        var findings = await Breakage.FindingsAsync(stack => (path == "version" ? stack.Set("kubernetes:helm.sh/v3:Release istio-base", path, json) : stack).Set(resource, path, json));

        Assert.Equal([], findings.Select(finding => $"{finding.Rule.Id} {finding.Violation}"));
    }

    [Theory]
    [InlineData("v1", "Secret", "istio-system/web", "\"type\":\"kubernetes.io/tls\"")]
    [InlineData("cert-manager.io/v1", "Certificate", "istio-system/site", "\"spec\":{\"secretName\":\"web\"}")]
    [InlineData("external-secrets.io/v1", "ExternalSecret", "istio-system/web", "\"spec\":{}")]
    public async Task A_certificate_that_is_there_or_is_made(string version, string kind, string name, string members)
    {
        var findings = await Breakage.FindingsAsync(stack => Tls(stack).WithObject(version, kind, name, members));

        Assert.DoesNotContain(findings, finding => finding.Rule.Id == "unknown-credential");
    }

    [Fact]
    public async Task A_certificate_in_the_namespace_of_the_Gateway_and_not_of_its_pods()
    {
        var findings = await Breakage.FindingsAsync(stack => Tls(stack).WithObject("v1", "Secret", "gophers/web", "\"type\":\"kubernetes.io/tls\""));

        Assert.Contains(findings, finding => finding.Rule.Id == "unknown-credential");
    }

    // A folder of others is rarely all that a cluster has.
    [Theory]
    [InlineData("", false)]
    [InlineData("---\napiVersion: v1\nkind: Secret\nmetadata: { name: other, namespace: edge }\n", true)]
    public void A_certificate_of_others_is_asked_for_beside_their_Secrets(string more, bool isFound)
    {
        var stack = RenderingReader.Read(new Dictionary<string, string>
        {
            ["all.yaml"] = "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: { name: web, namespace: edge }\n"
                + "spec: { selector: { istio: ingress }, servers: [{ hosts: [a.example], port: { name: https, number: 443, protocol: HTTPS }, tls: { mode: SIMPLE, credentialName: web } }] }\n" + more,
        });

        Assert.Equal(isFound, Policy.Check(stack).Any(finding => finding.Rule.Id == "unknown-credential"));
    }

    [Theory]
    [InlineData("STRICT", null)]
    [InlineData("PERMISSIVE", "portLevelMtls of 8080 is PERMISSIVE")]
    public async Task A_mode_of_some_ports(string mode, string? what)
    {
        var findings = await Breakage.FindingsAsync(stack => stack.WithObject(
            "security.istio.io/v1", "PeerAuthentication", "gophers/own",
            $$$$"""
            "spec":{"selector":{"matchLabels":{"app":"gopher-requester"}},"portLevelMtls":{"8080":{"mode":"{{{{mode}}}}"}}}
            """));

        Assert.Equal(what is null ? [] : ["plain-text-traffic"], findings.Select(finding => finding.Rule.Id));
        Assert.All(findings, finding => Assert.Contains(what!, finding.Violation.Problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Where_pods_answer_for_names_their_namespace_is_enough()
    {
        var clean = await Renderings.DeclareAsync("local", "canaryVersion=v2", "canaryWeight=10");
        var changed = clean.Set(Proxies, "spec/egress/0/to", """[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"kube-system"}}}]""");

        Assert.DoesNotContain(Policy.Check(Renderings.Render(changed)), finding => finding.Rule.Id == "network-needs");
    }

    [Fact]
    public async Task A_refusal_of_what_another_policy_allows()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.WithObject("security.istio.io/v1", "AuthorizationPolicy", "gophers/no", """
            "spec":{"action":"DENY","selector":{"matchLabels":{"app":"gopher-distributor"}},"rules":[{"from":[{"source":{"principals":["cluster.local/ns/gophers/sa/gopher-requester"]}}]}]}
            """));

        Assert.Contains(findings, finding => finding.Violation.Problem.StartsWith("it refuses what AuthorizationPolicy gophers/gopher-distributor allows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_rules_of_one_host() => Assert.Contains(
        await Breakage.FindingsAsync(stack => stack.WithObject("networking.istio.io/v1", "DestinationRule", "gophers/again", """
            "spec":{"host":"gopher-distributor.gophers.svc.cluster.local","subsets":[{"name":"v1","labels":{"version":"v1"}}]}
            """)),
        finding => finding.Rule.Id == "outlier-detection" && finding.Violation.Problem.Contains("both have the subset v1", StringComparison.Ordinal));

    [Fact]
    public async Task A_network_in_one_zone()
    {
        var clean = await Renderings.DeclareAsync("dev");
        var broken = clean.Resources.Where(resource => resource.Type == "aws:ec2/subnet:Subnet").Aggregate(clean, (stack, subnet) => stack.Set($"{subnet.Type} {subnet.Name}", "availabilityZone", "\"ap-southeast-2a\""));

        Assert.Contains(Policy.Check(Renderings.Render(broken)), finding => finding.Rule.Id == "one-zone" && finding.Violation.Problem.Contains("all of its subnets are in ap-southeast-2a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_zone_that_leads_out_by_the_gateway_of_another()
    {
        var clean = await Renderings.DeclareAsync("dev", "natGateways=perZone");
        var broken = clean.Set("aws:ec2/route:Route cluster-private-1", "natGatewayId", "\"cluster-private-0-id\"");

        Assert.Contains(Policy.Check(Renderings.Render(broken)), finding => finding.Rule.Id == "unlike-siblings" && finding.Violation.Problem.Contains("it fails with another zone", StringComparison.Ordinal));
    }

    [Fact]
    public Task A_volume_of_a_declared_default_class_is_no_fault() => Breakage.FindsNothingAsync(stack => stack.Set(Prometheus, "values/server/persistentVolume/enabled", "true")
        .WithObject("storage.k8s.io/v1", "StorageClass", "auto", """
            "provisioner":"ebs.csi.eks.amazonaws.com","volumeBindingMode":"WaitForFirstConsumer","parameters":{"type":"gp3","encrypted":"true"}
            """).Set("kubernetes:storage.k8s.io/v1:StorageClass auto", "metadata/annotations", """{"storageclass.kubernetes.io/is-default-class":"true"}"""));

    [Fact]
    public async Task A_delegate_that_is_declared_is_no_fault()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(PublicRoute, "spec/http/1", """{"delegate":{"name":"part"}}""")
            .WithObject("networking.istio.io/v1", "VirtualService", "gophers/part", """
                "spec":{"http":[{"timeout":"13s","route":[{"destination":{"host":"gopher-requester.gophers.svc.cluster.local"}}]}]}
                """));

        Assert.Equal([], findings.Select(finding => $"{finding.Rule.Id} {finding.Violation}"));
    }

    [Fact]
    public async Task An_autoscaler_whose_numbers_do_not_hold()
    {
        var clean = await Renderings.DeclareAsync("dev", "metricsServer=true", "requesterMaxReplicas=6");
        var scaler = clean.Resources.Single(resource => resource.Type.EndsWith(":HorizontalPodAutoscaler", StringComparison.Ordinal));
        var broken = clean.Set($"{scaler.Type} {scaler.Name}", "spec/minReplicas", "9").Set(Deployment, $"{Container}/resources/requests/cpu", null);

        var problems = Policy.Check(RenderedStack.Of(broken)).Where(finding => finding.Rule.Id == "autoscaling").Select(finding => finding.Violation.Problem).ToList();

        Assert.Equal(["minReplicas is above maxReplicas: the API server refuses it", "it scales by a part of the cpu that Deployment gopher-requester requests, which requests none"], problems);
        Assert.DoesNotContain(Policy.Check(Renderings.Render(clean)), finding => finding.Rule.Id == "autoscaling");
    }

    private static Declaration Tls(Declaration stack) =>
        stack.Set(Gateway, "spec/servers/0", $$"""{"hosts":["*"],"port":{{Https}},"tls":{"mode":"SIMPLE","credentialName":"web"} }""");
}

/// <summary>The rules about hosts, subsets and plain text in the mesh.</summary>
public sealed class MeshRuleTests
{
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";
    private const string DistributorRoute = "VirtualService gophers/gopher-distributor";
    private const string Subset = "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2";
    private const string DistributorSubset = "DestinationRule gophers/gopher-distributor-v2";
    private const string Destination = "spec/http/1/route/0/destination";
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    [Theory]
    [InlineData($"{Destination}/subset", "\"v9\"", "spec.http[1].route[0].destination names the subset v9")]
    [InlineData("spec/http/1/mirror", $$"""{"host":"{{Host}}","subset":"v9"}""", "spec.http[1].mirror names the subset v9")]
    [InlineData(
        "spec/http/1/mirrors",
        $$"""[{"destination":{"host":"{{Host}}","subset":"v9"} }]""",
        "spec.http[1].mirrors[0].destination names the subset v9")]
    [InlineData($"{Destination}/host", "\"gopher-requester.gophers.svc.cluster.local\"", "the subset v1 of gopher-requester.gophers", "refused-route", "route-limits")]
    public Task A_route_to_an_unknown_subset(string path, string json, string what, params string[] also) =>
        Breakage.FindsAsync("unknown-subset", DistributorRoute, what, stack => stack.Set(Route, path, json), also);

    [Fact]
    public async Task A_subset_that_is_gone_before_its_routes()
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(Subset, "spec/subsets", null));

        Assert.Equal(2, findings.Count);
        Assert.All(findings, finding => Assert.Equal(("unknown-subset", DistributorRoute), (finding.Rule.Id, finding.Violation.Resource)));
    }

    [Fact]
    public Task A_subset_without_pods() => Breakage.FindsAsync(
        "empty-subset", DistributorSubset, "the subset v2 selects no declared pod",
        stack => stack.Set(Subset, "spec/subsets/0/labels/version", "\"v3\""));

    // Pods that lost their label are not those of their Deployment either.
    [Fact]
    public async Task A_subset_whose_pods_are_not_its_services()
    {
        var findings = await Breakage.FindingsAsync(
            stack => stack.Set("kubernetes:apps/v1:Deployment gopher-distributor-v2", "spec/template/metadata/labels/app", "\"other\""));

        Assert.Contains(findings, finding => finding.Rule.Id == "empty-subset" && finding.Violation.Resource == DistributorSubset
            && finding.Violation.Problem.Contains("the subset v2 selects no declared pod", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.Rule.Id == "pod-template");
    }

    [Theory]
    [InlineData("\"gopher-distributor\"")]
    [InlineData("\"gopher-distributor.gophers\"")]
    [InlineData("\"gopher-distributor.gophers.svc\"")]
    public async Task An_unqualified_host(string host)
    {
        var findings = await Breakage.FindingsAsync(stack => stack.Set(Route, $"{Destination}/host", host));

        var problem = $"spec.http[1].route[0].destination.host is {host.Trim('"')},";
        Assert.Contains(findings, finding => finding.Rule.Id == "unqualified-host"
            && finding.Violation.Resource == DistributorRoute
            && finding.Violation.Problem.StartsWith(problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Route, DistributorRoute, "spec/hosts/0", "spec.hosts[0]")]
    [InlineData(
        "kubernetes:networking.istio.io/v1:DestinationRule gopher-requester",
        "DestinationRule gophers/gopher-requester",
        "spec/host",
        "spec.host")]
    public Task An_unqualified_host_elsewhere(string resource, string name, string path, string what) =>
        Breakage.FindsAsync("unqualified-host", name, what, stack => stack.Set(resource, path, "\"gopher-distributor\""));

    [Theory]
    [InlineData("ServiceEntry", """{"hosts":["bank"]}""", "spec.hosts[0] is bank")]
    [InlineData(
        "Sidecar", """{"workloadSelector":{"labels":{"app":"gopher-requester"}},"egress":[{"hosts":["istio-system/*","./gopher-distributor"]}]}""", "spec.egress[0].hosts[1] is gopher-distributor",
        "unimported-host")]
    public Task An_unqualified_host_of_other_kinds(string kind, string spec, string what, params string[] also) => Breakage.FindsAsync(
        "unqualified-host", $"{kind} gophers/new", what,
        stack => stack.WithObject("networking.istio.io/v1", kind, "gophers/new", $"\"spec\":{spec}"), also);

    [Theory]
    [InlineData("\"PERMISSIVE\"", "mutual TLS is PERMISSIVE")]
    [InlineData(null, "mutual TLS is not set")]
    public Task Sidecars_that_take_plain_text(string? mode, string what) => Breakage.FindsAsync(
        "plain-text-traffic", "Namespace gophers", what,
        stack => stack.Set("kubernetes:security.istio.io/v1:PeerAuthentication default", "spec/mtls/mode", mode));

    [Fact]
    public Task Sidecars_that_take_plain_text_in_one_namespace() => Breakage.FindsAsync(
        "plain-text-traffic", "Namespace gophers", "mutual TLS is DISABLE",
        stack => stack.WithObject(
            "security.istio.io/v1", "PeerAuthentication", "gophers/own", "\"spec\":{\"mtls\":{\"mode\":\"DISABLE\"}}"));

    [Fact]
    public async Task Not_a_header_that_is_called_host() =>
        Assert.Empty(await Breakage.FindingsAsync(
            stack => stack.Set(Route, "spec/http/1/headers", """{"request":{"set":{"host":"inside"}}}""")));
}
