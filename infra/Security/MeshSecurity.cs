using System.Collections.Immutable;
using System.Globalization;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Observability;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;

namespace GopherMesh.Infra.Security;

/// <summary>
/// Who may reach the gophers, and whom they may reach: mutual TLS everywhere, the calls of <see cref="Calls"/> and no other, and
/// nothing out of the mesh. All of it is there before the first pod and outlives the last, so that no proxy ever serves without its
/// rules; a network that enforces policies may do so a moment after a pod's start.
/// </summary>
public sealed class MeshSecurity : ComponentResource
{
    /// <summary>Declares it for the namespace <paramref name="home"/> of <paramref name="mesh"/>.</summary>
    /// <param name="settings">Whether there are tools that watch the mesh, and which services have an IAM role.</param>
    /// <param name="mesh">The mesh.</param>
    /// <param name="home">The namespace of the services.</param>
    /// <param name="calls">Every call between workloads that is allowed.</param>
    public MeshSecurity(StackSettings settings, IstioMesh mesh, GopherNamespace home, ImmutableArray<AllowedCall> calls)
        : base("gopher-mesh:security:Security", "security", home.ForComponent())
    {
        Home = home;
        Calls = calls;
        WithAwsRole = [.. PodIdentity.RolesOf(settings.Gophers).Keys];
        Ready =
        [
            MutualTls(mesh),
            .. AuthorizationPolicies(),
            Scope(settings.Observability),
            .. new NetworkPolicies(settings.Observability, calls, WithAwsRole, home, this).Declare(),
        ];
        RegisterOutputs();
    }

    /// <summary>The namespace of the services.</summary>
    public GopherNamespace Home { get; }

    /// <summary>Every call between workloads that is allowed.</summary>
    public ImmutableArray<AllowedCall> Calls { get; }

    /// <summary>The services whose pods may reach the agent that gives them the credentials of an IAM role.</summary>
    public ImmutableHashSet<string> WithAwsRole { get; }

    /// <summary>What a pod has to have around it before it starts.</summary>
    public ImmutableArray<Resource> Ready { get; }

    // For the whole mesh: the stack installs Istio itself, so nothing in it has ever spoken plain text, and a namespace that joins later
    // starts closed.
    private PeerAuthentication MutualTls(IstioMesh mesh)
    {
        const string Default = "default";
        return new(
            Default,
            new PeerAuthenticationArgs
            {
                Metadata = new ObjectMetaArgs { Name = Default, Namespace = Namespaces.Istio, Annotations = Ownership.Alone },
                Spec = new PeerAuthenticationSpecArgs { Mtls = new MutualTlsArgs { Mode = "STRICT" } },
            },
            new() { Parent = this, DependsOn = [mesh.Gateway] });
    }

    private IEnumerable<AuthorizationPolicy> AuthorizationPolicies()
    {
        AuthorizationPolicy Declare(string name, AuthorizationPolicySpecArgs spec, params IEnumerable<Resource> after) => new(
            name,
            new AuthorizationPolicyArgs { Metadata = Home.Metadata(name), Spec = spec },
            new() { Parent = this, DependsOn = [Home.Resource, .. after] });

        ImmutableArray<AuthorizationPolicy> allowed =
            [.. Calls.GroupBy(call => call.To).Select(called => Declare(called.Key, CallRules.Allow(called.Key, called)))];

        // Created last and deleted first: in a running system it must not refuse calls that the other policies do not allow yet.
        return [.. allowed, Declare("allow-nothing", CallRules.AllowNothing(), allowed)];
    }

    // Proxies need no other namespaces. They can neither call nor leak what they do not know, and istiod sends them less.
    private Sidecar Scope(ObservabilitySettings observability)
    {
        const string Default = "default";
        InputList<string> hosts = observability.Enabled
            ? ["./*", $"{Namespaces.Observability}/{Names.Host(JaegerValues.Service, Namespaces.Observability)}"]
            : ["./*"];
        return new(
            Default,
            new SidecarArgs
            {
                Metadata = Home.Metadata(Default),
                Spec = new SidecarSpecArgs
                {
                    Egress = new SidecarEgressArgs { Hosts = hosts },
                    OutboundTrafficPolicy = new OutboundTrafficPolicyArgs { Mode = OutboundTraffic.RegistryOnly },
                },
            },
            new() { Parent = this, DependsOn = [Home.Resource] });
    }
}

/// <summary>One call that is allowed. Every other call is refused, by the proxies and by the network.</summary>
/// <param name="From">Who calls.</param>
/// <param name="To">The name of the service that is called.</param>
/// <param name="Methods">The HTTP methods that are allowed; none named: every one.</param>
public sealed record AllowedCall(Caller From, string To, params ImmutableArray<string> Methods);

/// <summary>The allowed calls as a proxy checks them: by the identity in the caller's certificate.</summary>
/// <remarks>
/// A mirrored request comes from the requester's proxy with its identity. The kubelet's probes do not pass here: Istio's injector has
/// rewritten them to the agent's port 15020, and the agent calls the container.
/// </remarks>
internal static class CallRules
{
    private const string AllowAction = "ALLOW";

    /// <summary>Allows the callers of <paramref name="app"/>; because this policy exists, every other call is refused.</summary>
    public static AuthorizationPolicySpecArgs Allow(string app, IEnumerable<AllowedCall> calls) => new()
    {
        Selector = new WorkloadSelectorArgs { MatchLabels = new InputMap<string> { { Names.AppLabel, app } } },
        Action = AllowAction,
        Rules = [.. calls.Select(Rule)],
    };

    /// <summary>Matches no request, so that a pod without another policy refuses every request.</summary>
    public static AuthorizationPolicySpecArgs AllowNothing() => new() { Action = AllowAction };

    private static AuthorizationRuleArgs Rule(AllowedCall call) => new()
    {
        From = new AuthorizationFromArgs { Source = new AuthorizationSourceArgs { Principals = call.From.Principal } },
        To = new AuthorizationToArgs
        {
            Operation = new AuthorizationOperationArgs
            {
                Ports = Names.ContainerPort.ToString(CultureInfo.InvariantCulture),
                Methods = call.Methods.IsEmpty ? null : (InputList<string>)call.Methods,
            },
        },
    };
}
