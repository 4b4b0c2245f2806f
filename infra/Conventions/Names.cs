using Pulumi;

namespace GopherMesh.Infra.Conventions;

/// <summary>Names on which the parts of the system agree.</summary>
public static class Names
{
    /// <summary>Name of the service that is called from outside.</summary>
    public const string Requester = "gopher-requester";

    /// <summary>Name of the service that has versions.</summary>
    public const string Distributor = "gopher-distributor";

    /// <summary>Name of the Gateway.</summary>
    public const string Gateway = "gopher-gateway";

    /// <summary>Name of the ingress gateway's Helm release, and so of its Service, Deployment and ServiceAccount.</summary>
    public const string GatewayRelease = "istio-ingressgateway";

    /// <summary>Value of the label <c>istio</c> of the gateway's pods, by which a Gateway selects them.</summary>
    public const string GatewayLabel = "ingressgateway";

    /// <summary>Label by which a Service selects its pods.</summary>
    public const string AppLabel = "app";

    /// <summary>Label that selects the pods of a version's subset.</summary>
    public const string VersionLabel = "version";

    /// <summary>Name of the port, of Services and containers alike. Istio takes the protocol from it.</summary>
    public const string HttpPort = "http";

    /// <summary>Port of the Services.</summary>
    public const int ServicePort = 80;

    /// <summary>Port of the containers; above 1024, since they do not run as root.</summary>
    public const int ContainerPort = 8080;

    /// <summary>Fully qualified host of a Service. Istio would complete a shorter one with the namespace of the rule that names it.</summary>
    public static string Host(string service, string @namespace) => $"{service}.{@namespace}.svc.cluster.local";

    /// <summary>Name of what belongs to one version of a service: its Deployment and its DestinationRule.</summary>
    public static string OfVersion(string service, string version) => $"{service}-{version}";

    /// <summary>Name of the cookie that keeps a caller with a version of a service.</summary>
    public static string VersionCookie(string service) => $"{service}-version";
}

/// <summary>Annotations that say who owns an object.</summary>
public static class Ownership
{
    /// <summary>
    /// Annotations of an object that the stack alone owns: Pulumi overwrites fields that another field manager has set. Without them an edit
    /// by hand makes every later <c>pulumi up</c> fail with a conflict (Kubernetes, "Server-Side Apply", conflicts; pulumi-kubernetes,
    /// patchForce). In a namespace or a ConfigMap Pulumi overwrites only the labels and keys that the stack declares. A Deployment with
    /// an autoscaler does not have them, because the autoscaler sets its replicas.
    /// </summary>
    public static InputMap<string> Alone => new() { ["pulumi.com/patchForce"] = "true" };
}
