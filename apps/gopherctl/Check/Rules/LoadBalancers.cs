using System.Globalization;
using System.Text.Json.Nodes;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A network load balancer of Auto Mode's, by the annotations of its Service: one that is misspelt, or that only another controller knows, is ignored without a word
/// (EKS user guide, "auto-configure-nlb"; AWS Load Balancer Controller, "Service annotations"; ELB user guide, target groups).
/// </summary>
internal static class LoadBalancers
{
    private const string Class = "eks.amazonaws.com/nlb";

    private const string Gate = "eks.amazonaws.com/pod-readiness-gate-inject";

    // Istio's gateway answers there that it is ready, for whichever listeners it has (istio.io, "Ports used by Istio").
    private const string Status = "15021";

    private const string StatusPath = "/healthz/ready";

    // ELB user guide, "target group attributes": the default of deregistration_delay.timeout_seconds.
    private const long Deregistration = 300;

    // Less cuts off requests that are under way.
    private const long ShortestDeregistration = 10;

    // Istio's default of terminationDrainDuration (istio.io, "ProxyConfig").
    private const long Drain = 5;

    // infra/Eks/LoadBalancer: what AWS may take to add a target by its address.
    private const long TargetChange = 300;

    // Helm's own, and pulumi-kubernetes'.
    private const long HelmTimeout = 300;

    public static PolicyRule Rule { get; } = new(
        "load-balancer", Severity.Error, "A load balancer is one that Auto Mode makes as it is described, finds its subnets, sees which pods are ready, and lets go of them before they end.",
        stack => from balancer in Balancer.In(stack)
                 from problem in OfClass(stack, balancer).Concat(OfAnnotations(balancer)).Concat(OfHealth(balancer)).Concat(OfEnd(balancer)).Concat(OfCallers(balancer)).Concat(OfSubnets(stack, balancer)).Concat(OfProxy(stack, balancer)).Concat(OfPorts(stack, balancer)).Concat(OfTime(stack, balancer))
                 select new Violation(balancer.Name, problem, "Write it as the EKS user guide and the ELB user guide have it (docs/eks.md, \"Gateway\")."));

    private static IEnumerable<string> OfClass(RenderedStack stack, Balancer balancer)
    {
        if (balancer.Service.Text("loadBalancerClass") is { } named && named != Class)
        {
            yield return $"its loadBalancerClass is {named}, whose controller the stack does not have: no load balancer is made";
        }

        if (balancer.Service.Text("type") is var type && type != "LoadBalancer")
        {
            yield return $"it has a load balancer's annotations, and its type is {type ?? "not set"}: no load balancer is made";
        }

        if (balancer.Setting("scheme") is null)
        {
            yield return "its scheme is not set, which means internal";
        }

        if ((balancer.Setting("ssl-cert") is null) != (balancer.Setting("ssl-ports") is null))
        {
            yield return "it has a certificate or ports with TLS, and not the other";
        }

        var ports = balancer.Service.Items("ports").SelectMany(port => new[] { port.Text("name"), port.Number("port")?.ToString(CultureInfo.InvariantCulture) }).ToList();
        foreach (var port in (balancer.Setting("ssl-ports") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(port => port != "*" && !ports.Contains(port)))
        {
            yield return $"it has TLS on the port {port}, which it does not have";
        }

        if (balancer.Target == "instance" && balancer.Service.Flag("allocateLoadBalancerNodePorts") == false)
        {
            yield return "its targets are instances, and it has no node ports: the load balancer reaches no pod";
        }

        if (stack.OfKind("Namespace").FirstOrDefault(space => space.Manifest.Name == balancer.Space) is { } home && balancer.Target == "ip" && home.Body.At("metadata.labels").Member(Gate).AsText() != "enabled")
        {
            yield return $"its namespace {balancer.Space} is without the label {Gate}: enabled: a rollout goes on before the load balancer sends to the new pods";
        }
    }

    private static IEnumerable<string> OfAnnotations(Balancer balancer) =>
        from annotation in balancer.Annotations
        let problem = BalancerAnnotations.Problem(annotation.Key, annotation.Value)
        where problem is not null
        select problem;

    private static IEnumerable<string> OfHealth(Balancer balancer)
    {
        var (port, protocol) = (balancer.Setting("healthcheck-port") ?? "traffic-port", (balancer.Setting("healthcheck-protocol") ?? "tcp").ToLowerInvariant());
        var (interval, timeout) = (balancer.Number("healthcheck-interval") ?? 10, balancer.Number("healthcheck-timeout"));
        if (balancer.IsGateway && port != Status && (protocol != "tcp" || (port != "traffic-port" && !balancer.Ports.Contains(port))))
        {
            yield return $"its health check asks {protocol} of {port}, where the gateway does not say whether it is ready ({Status} does): no target is healthy";
        }
        else if (balancer.IsGateway && port == Status && (protocol == "https" || (protocol == "http" && balancer.Setting("healthcheck-path") != StatusPath)))
        {
            yield return $"its health check asks {Status} for {protocol} {balancer.Setting("healthcheck-path") ?? "/"}, which is not there: no target is healthy";
        }

        if (timeout > interval)
        {
            yield return $"its health check waits {timeout} s every {interval} s: AWS refuses it";
        }
    }

    // The load balancer keeps a target's connections for the delay, and learns of its end later than the pod.
    private static IEnumerable<string> OfEnd(Balancer balancer)
    {
        if (balancer.Values is not { } values)
        {
            yield break;
        }

        var (delay, sleep, grace) = (long.TryParse(balancer.Attribute("deregistration_delay.timeout_seconds"), out var seconds) ? seconds : Deregistration, values.Number("lifecycle.preStop.sleep.seconds") ?? 0, values.Number("terminationGracePeriodSeconds"));
        if (delay > sleep)
        {
            yield return $"it lets go of a pod after {delay} s (deregistration_delay), and the pod's preStop ends after {sleep} s: what comes in between fails";
        }

        if (delay < ShortestDeregistration)
        {
            yield return $"it cuts a pod's connections after {delay} s (deregistration_delay)";
        }

        var text = values.At("podAnnotations").Member("proxy.istio.io/config").AsText();
        var drain = text?.Split("terminationDrainDuration") is [_, var after] && Durations.TryParse(after.Split('"').FirstOrDefault(part => part.Length > 0 && char.IsDigit(part[0])) ?? "", out var duration) ? (long)duration.TotalSeconds : Drain;
        if (balancer.IsGateway && sleep < grace && sleep + drain > grace)
        {
            yield return $"its pods sleep {sleep} s and drain for {drain} s, and are killed after {grace} s";
        }
    }

    private static IEnumerable<string> OfCallers(Balancer balancer) =>
        from block in balancer.Service.Texts("loadBalancerSourceRanges")
        let problem = !AddressPlan.IsBlock(block, out _) ? "is no block of addresses"
            : balancer.IsPublic && Infra.Settings.Cidr.PublicIPv4(block) is not null && !block.Contains(':', StringComparison.Ordinal) ? "are no addresses of the internet, from which alone it is called"
            : null
        where problem is not null
        select $"loadBalancerSourceRanges has {block}, which {problem}";

    // A load balancer sends nothing to a target in a zone where it has no subnet (ELB user guide, "network-load-balancers").
    private static IEnumerable<string> OfSubnets(RenderedStack stack, Balancer balancer) =>
        from zone in AwsNetwork.OfNodes(stack).Select(subnet => subnet.Inputs.Text("availabilityZone")).OfType<string>().Distinct()
        let tag = balancer.IsPublic ? AwsNetwork.PublicTag : AwsNetwork.InternalTag
        where balancer.Setting("subnets") is null && !stack.OfType(AwsReferences.Subnet).Any(subnet => subnet.Inputs.Text("availabilityZone") == zone && AwsNetwork.HasTag(subnet, tag))
        select $"no subnet in {zone} has the tag {tag}: 1, by which it finds its own: it reaches no pod there";

    private static IEnumerable<string> OfProxy(RenderedStack stack, Balancer balancer) =>
        balancer.Attribute("proxy_protocol_v2.enabled") == "true" && balancer.IsGateway
            && !stack.Releases.Any(release => release.Values.ToJsonString().Contains("proxyProtocol", StringComparison.Ordinal)) && !stack.OfKind("EnvoyFilter").Any(filter => filter.Body.ToJsonString().Contains("proxy_protocol", StringComparison.Ordinal))
            ? ["it sends the proxy protocol, which the gateway does not expect: no request is understood"]
            : [];

    // Without ports of its own the chart publishes those that it has by default, the health check's among them; a server of a Gateway has the number of a port, or of where it leads.
    private static IEnumerable<string> OfPorts(RenderedStack stack, Balancer balancer)
    {
        if (!balancer.IsGateway)
        {
            yield break;
        }

        if (balancer.Service.Items("ports").FirstOrDefault() is null)
        {
            yield return "it has no ports: its chart publishes all that the gateway has, or none";
        }

        var served = stack.OfKind("Gateway").Where(gateway => balancer.Values?.At("labels") is JsonObject labels && gateway.Body.At("spec.selector") is JsonObject { Count: > 0 } selector && LabelSelector.Has(labels, selector))
            .SelectMany(gateway => gateway.Body.Items("spec.servers")).Select(server => server.Number("port.number")).OfType<long>().ToHashSet();
        foreach (var port in balancer.Service.Items("ports"))
        {
            if (port.Text("name") is null || port.Number("port") is not (> 0 and < 65536) || (port.Text("protocol") ?? "TCP") is not ("TCP" or "UDP" or "TCP_UDP"))
            {
                yield return $"its port {port.ToJsonString()} has no name, or a number or protocol that there is not";
            }
            else if (served.Count > 0 && !served.Contains(port.Number("port")!.Value) && !served.Contains(port.Number("targetPort") ?? 0))
            {
                yield return $"its port {port.Text("name")} ({port.Number("port")}) is none on which a Gateway of its pods serves";
            }
        }
    }

    // A pod is ready when the load balancer sends to it, and pods are replaced one after the other.
    private static IEnumerable<string> OfTime(RenderedStack stack, Balancer balancer) =>
        from release in stack.OfType(KubernetesObjects.ReleaseType)
        where balancer is { IsGateway: true, Target: "ip" } && RenderedStack.NameOf(release) == balancer.Name
        let timeout = release.Inputs.Number("timeout") ?? HelmTimeout
        let needed = (balancer.Values?.Number("replicaCount") ?? 1) * TargetChange
        where timeout < needed
        select $"its release is given up after {timeout} s, and the load balancer may take {TargetChange} s for each of its pods";
}
