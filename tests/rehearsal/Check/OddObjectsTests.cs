using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Tests.Rehearsal.DataPlane;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>No object ends check or the reader of routes, whatever its fields hold.</summary>
public sealed class OddObjectsTests
{
    private static readonly string[] Odd =
        ["null", "\"x\"", "\"\"", "5", "-1", "1e300", "true", "[]", "{}", "[5]", "[null]", "[[]]", "{\"a\":5}", "{\"a\":null}", "[{}]", "\"a/b/c:d@e%\\u0000\""];

    private static readonly string[] Objects =
    [
        """
        apiVersion: v1
        kind: Service
        metadata: { name: a, namespace: b, labels: { app: a }, annotations: { c: d } }
        spec: { type: LoadBalancer, selector: { app: a }, ports: [{ name: http, port: 80, targetPort: http, protocol: TCP, appProtocol: http }] }
        """,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: a, namespace: b, annotations: { c: d } }
        spec:
          replicas: 2
          strategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 25% } }
          selector: { matchLabels: { app: a }, matchExpressions: [{ key: a, operator: In, values: [b] }] }
          template:
            metadata: { labels: { app: a, version: v1 }, annotations: { c: d } }
            spec:
              serviceAccountName: a
              automountServiceAccountToken: false
              securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
              volumes: [{ name: v, hostPath: { path: / } }, { name: w, configMap: { name: c } }]
              topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, labelSelector: { matchLabels: { app: a } } }]
              containers:
              - name: c
                image: "example.com/a:1.0@sha256:0"
                args: ["--a=b"]
                env: [{ name: A, value: b }, { name: B, valueFrom: { secretKeyRef: { name: a, key: b } } }]
                ports: [{ name: http, containerPort: 80, hostPort: 1 }]
                resources: { limits: { memory: 1Gi, cpu: 100m }, requests: { cpu: 1 } }
                securityContext: { privileged: false, capabilities: { drop: [ALL], add: [X] }, allowPrivilegeEscalation: false }
                readinessProbe: { httpGet: { path: /, port: http } }
                volumeMounts: [{ name: v, mountPath: /a }]
                lifecycle: { preStop: { sleep: { seconds: 5 } } }
        """,
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: a, namespace: b, annotations: { c: d }, creationTimestamp: "2026-01-01T00:00:00Z" }
        spec:
          hosts: [a.example.com]
          gateways: [gw, mesh]
          exportTo: ["*"]
          tls: [{ match: [{ sniHosts: [a.example.com], port: 443 }], route: [{ destination: { host: a } }] }]
          tcp: [{ match: [{ destinationSubnets: [10.0.0.0/8], port: 1 }], route: [{ destination: { host: a }, weight: 1 }] }]
          http:
          - name: n
            match: [{ uri: { prefix: /a }, headers: { x: { exact: a } }, port: 80, sourceLabels: { a: b }, gateways: [mesh], queryParams: { q: { regex: a } } }]
            route: [{ destination: { host: a, subset: v1, port: { number: 80 } }, weight: 1, headers: { request: { set: { x: y } } } }]
            rewrite: { uriRegexRewrite: { match: a, rewrite: b } }
            timeout: 1s
            retries: { attempts: 1, perTryTimeout: 1s, retryOn: "5xx,503" }
            fault: { abort: { httpStatus: 500, percentage: { value: 1 } }, delay: { fixedDelay: 1s } }
            mirrors: [{ destination: { host: a }, percentage: { value: 1 } }]
            corsPolicy: { allowOrigins: [{ exact: a }], allowMethods: [GET], maxAge: 1s }
            headers: { response: { remove: [x] } }
          - delegate: { name: leaf, namespace: b }
          - redirect: { uri: /x, redirectCode: 301, port: 80 }
          - directResponse: { status: 200, body: { string: a } }
        """,
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: leaf, namespace: b }
        spec: { http: [{ match: [{ uri: { prefix: /a/b }, gateways: [mesh] }], mirror: { host: a }, route: [{ destination: { host: a } }] }] }
        """,
        """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: a, namespace: b }
        spec:
          host: a.b.svc.cluster.local
          workloadSelector: { matchLabels: { a: b } }
          exportTo: ["."]
          subsets: [{ name: v1, labels: { version: v1 }, trafficPolicy: { portLevelSettings: [{ port: { number: 80 }, tls: { mode: SIMPLE } }] } }]
          trafficPolicy:
            tls: { mode: MUTUAL, clientCertificate: a, privateKey: b, subjectAltNames: [c] }
            tunnel: { targetHost: a, targetPort: 1 }
            connectionPool: { tcp: { maxConnections: 1, connectTimeout: 1s }, http: { http2KeepAlive: { interval: 1s, timeout: 1s } } }
            outlierDetection: { consecutive5xxErrors: 1, interval: 1s, consecutiveLocalOriginFailures: 1, splitExternalLocalOriginErrors: true }
            loadBalancer:
              consistentHash: { httpCookie: { name: a, ttl: 1s, attributes: [{ name: a }] }, maglev: { tableSize: 7 } }
              warmup: { duration: 1s, minimumPercent: 1, aggression: 1 }
              localityLbSetting: { distribute: [{ from: a/b, to: { a/c: 100 } }], failoverPriority: [a] }
              zoneAwareLbSetting: { failover: [{ from: a, to: b }] }
        """,
        """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata: { name: gw, namespace: b }
        spec:
          selector: { istio: ingressgateway }
          servers: [{ port: { number: 443, name: https, protocol: HTTPS }, bind: 10.0.0.1, hosts: ["*/a.example.com"], tls: { mode: SIMPLE, credentialName: c } }]
        """,
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: a, namespace: b }
        spec: { podSelector: { matchLabels: { app: a } }, policyTypes: [Ingress], ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 80 }] }] }
        """,
        """
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: { name: a, namespace: b }
        spec: { minAvailable: 1, selector: { matchLabels: { app: a } } }
        """,
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: { name: a, namespace: b }
        spec: { minReplicas: 1, maxReplicas: 2, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: a } }
        """,
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: { name: a, namespace: b }
        spec: { action: ALLOW, selector: { matchLabels: { app: a } }, rules: [{ from: [{ source: { principals: [a] } }] }] }
        """,
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: { name: a, namespace: b }
        spec: { mtls: { mode: PERMISSIVE }, selector: { matchLabels: { app: a } } }
        """,
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: { name: a }
        rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }]
        """,
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: { name: a }
        roleRef: { kind: ClusterRole, name: a, apiGroup: rbac.authorization.k8s.io }
        subjects: [{ kind: Group, name: "system:authenticated" }]
        """,
        """
        apiVersion: v1
        kind: Namespace
        metadata: { name: b, labels: { istio-injection: enabled, pod-security.kubernetes.io/enforce: restricted } }
        """,
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: c, namespace: b }
        data: { a: "b: c" }
        """,
        """
        apiVersion: batch/v1
        kind: CronJob
        metadata: { name: a, namespace: b }
        spec: { schedule: "* * * * *", jobTemplate: { spec: { template: { spec: { containers: [{ name: c, image: a }] } } } } }
        """,
        """
        apiVersion: telemetry.istio.io/v1
        kind: Telemetry
        metadata: { name: a, namespace: b }
        spec: { tracing: [{ randomSamplingPercentage: 1, providers: [{ name: a }] }] }
        """,
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: { name: a, namespace: b }
        spec: { hosts: [a.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }
        """,
    ];

    private static readonly IReadOnlyList<Manifest> Whole = YamlManifests.Read(Objects);

    public static TheoryData<int> Samples => [.. Enumerable.Range(0, Objects.Length)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_field_of_any_kind_ends_neither_check_nor_the_reading_of_routes(int sample)
    {
        var failed = new List<string>();
        foreach (var path in Paths(Whole[sample].Body, []))
        {
            foreach (var odd in Odd)
            {
                var body = (JsonObject)Whole[sample].Body.DeepClone();
                Replace(body, path, JsonNode.Parse(odd));
                List<Manifest> manifests = [.. Whole];
                manifests[sample] = Whole[sample] with { Body = body };
                Try($"{Whole[sample].Kind} {string.Join('.', path)}: {odd}: check", failed, () => CheckOf(manifests));
                Try($"{Whole[sample].Kind} {string.Join('.', path)}: {odd}: routes", failed, () => MeshReader.Read(manifests));
            }
        }

        Assert.Empty(failed);
    }

    private static void CheckOf(List<Manifest> manifests) => Policy.Check(RenderingReader.Read(
        new Dictionary<string, string> { ["all.json"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. manifests.Select(manifest => manifest.Body.DeepClone())]) }.ToJsonString() }));

    private static void Try(string what, List<string> failed, Action read)
    {
        try
        {
            read();
        }
        catch (Exception refused) when (refused is UserException or UnmodelledFieldException)
        {
            // The user's own error, in words.
        }
        catch (Exception error)
        {
            failed.Add($"{what}: {error.GetType().Name} {error.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("GopherMesh", StringComparison.Ordinal))?.Trim()}");
        }
    }

    private static IEnumerable<List<object>> Paths(JsonNode? node, List<object> path) => node switch
    {
        JsonObject members => members.SelectMany(member => Paths(member.Value, [.. path, member.Key]).Prepend([.. path, member.Key])),
        JsonArray items => items.SelectMany((item, index) => Paths(item, [.. path, index]).Prepend([.. path, index])),
        _ => [],
    };

    private static void Replace(JsonNode root, List<object> path, JsonNode? value)
    {
        var owner = path.SkipLast(1).Aggregate(root, (node, step) => step is int index ? node[index]! : node[(string)step]!);
        if (path[^1] is int last)
        {
            owner[last] = value;
        }
        else
        {
            owner[(string)path[^1]] = value;
        }
    }
}
